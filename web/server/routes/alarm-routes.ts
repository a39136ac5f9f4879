import { perform, route } from "../route.js";
import {
  arm,
  armed,
  assign,
  board,
  byIncident,
  bypass,
  close,
  incidentNote,
  incidents,
  oneIncident,
  partitions,
  proof,
  sirenTest,
  test,
  todos,
  type WorkTodo,
  walkTest,
  workTodo,
  zoneTest,
} from "../schemas/alarm.js";
import { byId, done } from "../schemas/common.js";
import { withNote } from "../schemas/doors.js";

const tag = "The alarm";

/** One thing to do, three ways to deal with it. */
function workTodoBy<T>({ todo, until, ...asked }: WorkTodo, work: (name: string, asked: object) => T): T {
  const note = asked.note === undefined ? {} : { note: asked.note };
  switch (asked.does) {
    case "take":
      return work("todo.take", {
        todo,
        ...(asked.owner === undefined ? {} : { owner: asked.owner }),
        ...note,
      });
    case "snooze":
      return work("todo.snooze", { todo, until, ...note });
    case "done":
      return work("todo.done", { todo, ...note });
  }
}

/** Partitions, incidents, tests and things to do; each calls the operation of the same meaning. */
export const alarmRoutes = [
  route({
    method: "get",
    path: "/partitions",
    says: "All partitions as they are now, with what is not quiet",
    tag,
    access: { permission: "partitions.read" },
    answer: partitions,
    run: ({ who }, parts) => perform(parts, who, "partition.list", {}),
  }),
  route({
    method: "post",
    path: "/partitions/:id/arm",
    says: "Arm a partition; refused, its faults name what is not quiet",
    tag,
    access: { permission: "alarm.arm" },
    params: byId,
    body: arm,
    answer: armed,
    run: ({ who, params, body }, parts) =>
      perform(parts, who, "partition.arm", { partition: params.id, ...body }),
  }),
  route({
    method: "post",
    path: "/partitions/:id/disarm",
    says: "Disarm a partition",
    tag,
    access: { permission: "alarm.disarm" },
    params: byId,
    body: withNote,
    answer: done,
    run: ({ who, params, body }, parts) =>
      perform(parts, who, "partition.disarm", { partition: params.id, ...body }),
  }),
  route({
    method: "post",
    path: "/partitions/:id/arm-later",
    says: "Put off the arming that is due",
    tag,
    access: { permission: "alarm.arm" },
    params: byId,
    body: withNote,
    answer: done,
    run: ({ who, params, body }, parts) =>
      perform(parts, who, "partition.arm-later", { partition: params.id, ...body }),
  }),
  route({
    method: "post",
    path: "/partitions/:id/test",
    says: "Put a partition on test, for 8 hours at most, or end that",
    tag,
    access: { permission: "alarm.test" },
    params: byId,
    body: test,
    answer: done,
    run: ({ who, params, body }, parts) =>
      perform(parts, who, "alarm.test", { partition: params.id, ...body }),
  }),
  route({
    method: "post",
    path: "/partitions/:id/walk-test",
    says: "Begin or end a walk test",
    tag,
    access: { permission: "alarm.test" },
    params: byId,
    body: walkTest,
    answer: done,
    run: ({ who, params, body }, parts) =>
      perform(parts, who, body.running ? "walk-test.start" : "walk-test.end", {
        partition: params.id,
        ...(body.note === undefined ? {} : { note: body.note }),
      }),
  }),
  route({
    method: "post",
    path: "/zones/bypass",
    says: "Leave a sensor or a door's contact out, or let it count again",
    tag,
    access: { permission: "alarm.bypass" },
    body: bypass,
    answer: done,
    run: ({ who, body }, parts) => perform(parts, who, "zone.bypass", body),
  }),
  route({
    method: "post",
    path: "/zones/test",
    says: "Put one sensor on test, or end that",
    tag,
    access: { permission: "alarm.test" },
    body: zoneTest,
    answer: done,
    run: ({ who, body }, parts) => perform(parts, who, "alarm.test", body),
  }),
  route({
    method: "post",
    path: "/sirens/:id/test",
    says: "Sound a siren for a moment",
    tag,
    access: { permission: "alarm.test" },
    params: byId,
    body: sirenTest,
    answer: done,
    run: ({ who, params, body }, parts) => perform(parts, who, "siren.test", { siren: params.id, ...body }),
  }),
  route({
    method: "get",
    path: "/incidents",
    says: "The open incidents, the most urgent first",
    tag,
    access: { permission: "incidents.read" },
    answer: incidents,
    run: ({ who }, parts) => perform(parts, who, "incident.list", {}),
  }),
  route({
    method: "get",
    path: "/incidents/:id",
    says: "One open incident, with what to do",
    tag,
    access: { permission: "incidents.read" },
    params: byIncident,
    answer: oneIncident,
    run: ({ who, params }, parts) => perform(parts, who, "incident.get", { incident: params.id }),
  }),
  route({
    method: "post",
    path: "/incidents/:id/acknowledge",
    says: "Answer for an incident; what sounds goes on",
    tag,
    access: { permission: "incidents.work" },
    params: byIncident,
    body: withNote,
    answer: done,
    run: ({ who, params, body }, parts) =>
      perform(parts, who, "incident.acknowledge", { incident: params.id, ...body }),
  }),
  route({
    method: "post",
    path: "/incidents/:id/silence",
    says: "Stop what sounds for it; nobody has answered for it with that",
    tag,
    access: { permission: "incidents.work" },
    params: byIncident,
    body: withNote,
    answer: done,
    run: ({ who, params, body }, parts) =>
      perform(parts, who, "incident.silence", { incident: params.id, ...body }),
  }),
  route({
    method: "post",
    path: "/incidents/:id/note",
    says: "Write something to an incident",
    tag,
    access: { permission: "incidents.work" },
    params: byIncident,
    body: incidentNote,
    answer: done,
    run: ({ who, params, body }, parts) =>
      perform(parts, who, "incident.note", { incident: params.id, ...body }),
  }),
  route({
    method: "post",
    path: "/incidents/:id/assign",
    says: "Hand an incident over to somebody",
    tag,
    access: { permission: "incidents.work" },
    params: byIncident,
    body: assign,
    answer: done,
    run: ({ who, params, body }, parts) =>
      perform(parts, who, "incident.assign", { incident: params.id, ...body }),
  }),
  route({
    method: "post",
    path: "/incidents/:id/close",
    says: "Close an incident with its cause; a critical one with a note",
    tag,
    access: { permission: "incidents.work" },
    params: byIncident,
    body: close,
    answer: done,
    run: ({ who, params, body }, parts) =>
      perform(parts, who, "incident.close", { incident: params.id, ...body }),
  }),
  route({
    method: "get",
    path: "/todos",
    says: "Things to do that are no alarms",
    tag,
    access: { permission: "incidents.read" },
    answer: todos,
    run: ({ who }, parts) => perform(parts, who, "todo.list", {}),
  }),
  route({
    method: "post",
    path: "/todos/work",
    says: "Take one on, put it off, or say that it is done",
    tag,
    access: { permission: "incidents.work" },
    body: workTodo,
    answer: done,
    run: ({ who, body }, parts) => workTodoBy(body, (name, asked) => perform(parts, who, name, asked)),
  }),
  route({
    method: "get",
    path: "/alarm/board",
    says: "What stands in the way of arming at which level, what may be left out, and how walk tests stand",
    tag,
    access: { permission: "partitions.read" },
    answer: board,
    run: ({ who }, parts) => perform(parts, who, "alarm.board", {}),
  }),
  route({
    method: "get",
    path: "/alarm/proof",
    says: "What has been quiet for how long, untested, or cried wolf",
    tag,
    access: { permission: "incidents.read" },
    answer: proof,
    run: ({ who }, parts) => perform(parts, who, "alarm.proof", {}),
  }),
];
