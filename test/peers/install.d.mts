import type { Missing } from "./catalogue.mjs";

export interface Surroundings {
  readonly look: () => Missing;
  readonly mayInstall: boolean;
  readonly required: boolean;
  readonly apt: (args: string[]) => {
    readonly status: number | null;
    readonly stdout: string | null;
    readonly stderr: string | null;
  };
  readonly withoutServices: <T>(work: () => T) => T;
  readonly say: (line: string) => void;
}
export function install(surroundings: Surroundings): number;
export function installCommand(packages: readonly string[]): string;
export function withoutServices<T>(work: () => T, file?: string): T;
