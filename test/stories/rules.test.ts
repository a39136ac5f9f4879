import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { accessRules } from "../../gateway/core/access/judge.js";
import type { Rule } from "../../gateway/core/access/rule.js";
import { ruleStories } from "./rule-stories.js";

const golden = (rule: string): string => join(import.meta.dirname, "golden", `${rule}.txt`);

describe.each(ruleStories.map((story) => [story.name, story] as const))("%s", (_name, story) => {
  test("is told so", async () => {
    await expect(story.tell().transcript).toMatchFileSnapshot(golden(story.rule));
  });
});

describe("of each rule", () => {
  const rules = accessRules as Rule[];
  const all = [...rules];
  afterEach(() => {
    rules.splice(0, rules.length, ...all);
  });

  test.each(all.map(({ name }) => name))("%s: a story is told, and it fails without the rule", (name) => {
    const story = ruleStories.find(({ rule }) => rule === name);
    if (!story) throw new Error(`no story is told of the rule ${name}`);
    if (!existsSync(golden(name))) throw new Error(`the story of ${name} has no golden transcript`);
    const written = readFileSync(golden(name), "utf8");
    expect(story.tell().transcript, story.name).toBe(written);
    rules.splice(
      rules.findIndex((rule) => rule.name === name),
      1,
    );
    expect(story.tell().transcript, `told without ${name}: ${story.name}`).not.toBe(written);
  });

  test.each(all.map(({ name }) => name))("%s: when it fails, everybody is denied with fault", (name) => {
    const story = ruleStories.find(({ rule }) => rule === name);
    if (!story) throw new Error(`no story is told of the rule ${name}`);
    const at = rules.findIndex((rule) => rule.name === name);
    const broken: Rule = {
      ...(rules[at] as Rule),
      judge: () => {
        throw new Error("broken");
      },
    };
    rules.splice(at, 1, broken);
    const { events, commands } = story.tell();
    expect(events.filter(({ type }) => type === "access.granted")).toEqual([]);
    expect(events.some(({ type, reason }) => type === "access.denied" && reason === "fault")).toBe(true);
    expect(
      commands.filter((command) => command.type === "release-door" && command.scan !== undefined),
    ).toEqual([]);
  });
});
