// @ts-check
/** What the gateway refused, in its own words. */
export class Refused extends Error {
  /** @param {{ detail?: string, code?: string, faults?: { path: string, message: string }[] }} problem @param {number} status */
  constructor(problem, status) {
    super(
      problem.faults?.map((fault) => fault.message).join("; ") ||
        problem.detail ||
        `the gateway answered ${status}`,
    );
    this.status = status;
    this.code = problem.code ?? "";
  }
}

/** @param {string} method @param {string} path @param {unknown} [body] @returns {Promise<any>} */
export async function ask(method, path, body) {
  const response = await fetch(`/api/v1/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  });
  if (response.status === 204) return undefined;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(answer, response.status);
  return answer;
}
