/**
 * What `npm run mutation` asks of every mutant, in one file: the stories first, which answer soonest, then what states facts one by
 * one, and last the properties, a few cases each. Left out are the properties of whole days and nights: they would take most of the
 * time and are to find what nobody thought of, not to stand for what nobody wrote down.
 */
import.meta.glob("../stories/*.test.ts", { eager: true });
import.meta.glob("../core/{traces,rules,precedence,outlook,schedule,views}.test.ts", { eager: true });
import.meta.glob("../core/{egress,remedies,restart}.test.ts", { eager: true });
