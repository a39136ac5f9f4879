export interface Program {
  readonly name: string;
  readonly package: string;
  readonly serves: string;
}
export const programs: readonly Program[];
export const browserNames: readonly string[];
export function onPath(name: string): string | undefined;
export interface Missing {
  readonly packages: string[];
  readonly untested: string[];
}
export function missing(): Missing;
