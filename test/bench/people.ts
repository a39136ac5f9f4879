/**
 * What a million people with 1.2 million cards in 5,000 groups cost: memory, start, import, revocation, search.
 * Run after `npm run build`: `npx tsx test/bench/people.ts [people]`. Prints one line of JSON; what it is doing goes to stderr.
 */
import { measurePeople } from "./people-figures.js";

const people = Number(process.argv[2] ?? 1_000_000);
const figures = await measurePeople(people, (what) => process.stderr.write(`${what} …\n`));
process.stdout.write(`${JSON.stringify(figures)}\n`);
