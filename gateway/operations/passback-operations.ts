import { z } from "zod";
import { ask } from "./door-operations.js";
import { id, note } from "./ids.js";
import { operation, refused } from "./operation.js";

export const passbackOperations = [
  operation({
    name: "passback.forgive",
    permission: "passback.forgive",
    acts: true,
    params: z.object({
      /** With neither, everybody is forgiven. */
      person: id.optional(),
      area: id.optional(),
      note: note.optional(),
    }),
    run: async (house, operator, { person, area, note: why }) =>
      person !== undefined && area !== undefined
        ? refused("invalid", "name a person or an area, not both")
        : ask(
            house,
            operator,
            {
              op: "passback.forgive",
              ...(person === undefined ? {} : { person }),
              ...(area === undefined ? {} : { area }),
            },
            why,
          ),
  }),
];
