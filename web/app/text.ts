export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** "ada-berg" out of "Ada Berg": letters without their marks, and nothing that an id may not hold. */
export function idFrom(name: string): string {
  return name
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll("ä", "ae")
    .replaceAll("ö", "oe")
    .replaceAll("ü", "ue")
    .replaceAll("ı", "i")
    .normalize("NFD")
    .replace(/[^a-z0-9]+/g, (marks) => (/^[\u0300-\u036f]+$/.test(marks) ? "" : "-"))
    .replace(/^-+|-+$/g, "")
    .slice(0, 63);
}

export const isId = (text: string): boolean => /^[a-z0-9][a-z0-9-]{0,62}$/.test(text);

/** "Chromium on Linux" out of a user agent. */
export function browserName(agent: string | null): string | undefined {
  if (!agent) return undefined;
  const browsers: readonly (readonly [RegExp, string])[] = [
    [/Edg\//, "Edge"],
    [/OPR\//, "Opera"],
    [/Firefox\//, "Firefox"],
    [/(HeadlessChrome|Chrome|Chromium)\//, "Chrome"],
    [/Safari\//, "Safari"],
    [/curl\//, "curl"],
  ];
  const systems: readonly (readonly [RegExp, string])[] = [
    [/Android/, "Android"],
    [/iPhone|iPad/, "iOS"],
    [/Windows/, "Windows"],
    [/Mac OS X/, "macOS"],
    [/Linux/, "Linux"],
  ];
  const named = (table: typeof browsers) => table.find(([sign]) => sign.test(agent))?.[1];
  const browser = named(browsers);
  if (!browser) return agent.slice(0, 40);
  const system = named(systems);
  return system ? `${browser}, ${system}` : browser;
}
