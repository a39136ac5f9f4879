/**
 * Properties try the same cases on every run, so that a change is judged by what it changes. The long run tries new ones each time,
 * as does `SEED=random`; a failure prints its seed, which `SEED=…` tries again.
 */
import fc from "fast-check";

const { SEED = process.env.LONG === "1" ? "random" : "1" } = process.env;

if (SEED !== "random") fc.configureGlobal({ seed: Number(SEED) });
