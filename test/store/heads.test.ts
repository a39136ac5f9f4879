import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { expect, test } from "vitest";
import { firstLink, headIsGenuine, publicHalf, signHead } from "../../gateway/store/chain.js";
import { folderPaths } from "../../gateway/store/folder.js";
import { HeadsFile, readHeads } from "../../gateway/store/heads.js";
import { aFolder } from "./a-folder.js";

const { privateKey } = generateKeyPairSync("ed25519");

test("half a line that a full disk left is cut off before the next head", async () => {
  const paths = folderPaths(aFolder().root);
  mkdirSync(paths.keys);
  const file = await open(paths.heads, "a", 0o600);
  let full = false;
  const heads = new HeadsFile(
    {
      appendFile: async (line) => {
        await file.appendFile(full ? String(line).slice(0, 20) : line);
        if (full) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      },
      datasync: () => file.datasync(),
      truncate: (length) => file.truncate(length),
      close: () => file.close(),
    },
    0,
  );
  await heads.append(signHead(privateKey, 1, firstLink, 1000));
  full = true;
  await expect(heads.append(signHead(privateKey, 2, firstLink, 2000))).rejects.toThrow("no space left");
  expect(readFileSync(paths.heads, "utf8")).toMatch(/\n\{"seq":2/);
  full = false;
  await heads.append(signHead(privateKey, 3, firstLink, 3000));
  await heads.close();
  const { heads: left, unreadable } = readHeads(paths);
  expect(left.map(({ seq }) => seq)).toEqual([1, 3]);
  expect(unreadable).toBe(0);
  expect(left.every((head) => headIsGenuine(publicHalf(privateKey), head))).toBe(true);
});

test("a head that says anything else than was signed is not genuine", () => {
  const head = signHead(privateKey, 7, firstLink, 1000);
  const key = publicHalf(privateKey);
  expect(headIsGenuine(key, head)).toBe(true);
  expect(headIsGenuine(key, { ...head, seq: 8 })).toBe(false);
  expect(headIsGenuine(key, { ...head, at: 1001 })).toBe(false);
  expect(headIsGenuine(key, { ...head, link: Buffer.alloc(32, 1) })).toBe(false);
});
