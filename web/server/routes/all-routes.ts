import { z } from "zod";
import type { Feeds } from "../feed.js";
import { openApiOf } from "../openapi.js";
import { type Route, route } from "../route.js";
import { accessRoutes } from "./access-routes.js";
import { accountRoutes } from "./account-routes.js";
import { alarmRoutes } from "./alarm-routes.js";
import { busRoutes } from "./bus-routes.js";
import { factorRoutes } from "./factor-routes.js";
import { houseRoutes } from "./house-routes.js";
import { importRoutes } from "./import-routes.js";
import { journalRoutes } from "./journal-routes.js";
import { meRoutes } from "./me-routes.js";
import { musterRoutes } from "./muster-routes.js";
import { peopleRoutes } from "./people-routes.js";
import { sessionRoutes } from "./session-routes.js";
import { visitorRoutes } from "./visitor-routes.js";

/** Everything under `/api/v1`. A route is an entry in one of these lists, and there is no other way to be one. */
export function allRoutes(feeds: Feeds): Route[] {
  const routes: Route[] = [
    ...sessionRoutes,
    ...factorRoutes,
    ...meRoutes,
    ...accountRoutes,
    ...houseRoutes,
    ...accessRoutes,
    ...musterRoutes,
    ...alarmRoutes,
    ...busRoutes,
    ...peopleRoutes,
    ...visitorRoutes,
    ...importRoutes,
    ...journalRoutes(feeds),
  ];
  let described: object | undefined;
  routes.push(
    route({
      method: "get",
      path: "/openapi.json",
      says: "This description",
      tag: "About",
      access: "signed-in",
      answer: z.looseObject({ openapi: z.string() }),
      run: (_asked, { version, tls }) => {
        described ??= openApiOf(routes, version, tls);
        return described;
      },
    }),
  );
  return routes;
}
