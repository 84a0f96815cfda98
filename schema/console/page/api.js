// SPDX-License-Identifier: Apache-2.0
/** Calls of the daemon's REST API, which is all that this page knows. */
import { signal } from './signals.js';

/** What a session's calls that change something have to show; of the session, not of any page. */
export const proof = signal('');
/** Set when a call was refused for want of a session. */
export const refused = signal(false);

/** When somebody last did something on this page, and when the daemon last heard of it. */
export const touched = { at: Date.now(), told: 0 };
/** Says which session there is; asked by itself when another answer leaves that open. */
export const kSession = '/v3/sessions/current';
const kAttended = 60 * 1000; // ms: what is read later than that is read by itself
/** Gets a newer proof of the same person's, of another page's sign-in; session.js does. */
export const renewal = { proof: async () => false };

/** Something went wrong, in the server's words where it had any. */
export class Problem extends Error {
  /**
   * @param {number} status of HTTP; 0: there was no answer
   * @param {string} detail
   * @param {string} request its id
   * @param {{field: string, reason: string}[]} fields
   */
  constructor(status, detail, request = '', fields = []) {
    super(detail);
    this.status = status;
    this.detail = detail;
    this.request = request;
    this.fields = fields;
  }
}

/** @param {Response} response */
async function problemOf(response) {
  const request = response.headers.get('x-request-id') ?? '';
  try {
    const body = await response.json();
    const fields = body.invalid_parameters ?? [];
    return new Problem(
      response.status,
      body.detail || body.details || body.title || `status ${response.status}`,
      (body.instance ?? request).replace('urn:skyden:request:', ''),
      fields.filter((/** @type {{field: string}} */ one) => one.field),
    );
  } catch {
    return new Problem(response.status, `The daemon answered with status ${response.status}.`, request);
  }
}

/** A body that is a text is sent as it is. @typedef {{body?: unknown, signal?: AbortSignal, headers?: Record<string, string>}} Options */

/** @param {string} method @param {string} path @param {Options} options @returns {Promise<Response>} */
async function ask(method, path, { body, signal: abort, headers = {} }) {
  /** @type {Record<string, string>} */
  const all = { accept: 'application/json', ...headers };
  if (method !== 'GET') {
    all['content-type'] ??= 'application/json';
    if (proof.value) all['x-skyden-session'] = proof.value;
  }
  const now = Date.now();
  if (now - touched.at > kAttended) all['x-skyden-unattended'] = 'true';
  else touched.told = now;
  try {
    return await fetch(path, {
      method,
      headers: all,
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
      signal: abort,
      cache: 'no-store',
    });
  } catch (error) {
    if (abort?.aborted) throw error;
    throw new Problem(0, 'The daemon does not answer. Is it running, and is the network there?');
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<Response>}
 */
export async function send(method, path, options = {}) {
  let response = await ask(method, path, options);
  // Somebody may have signed in again in another page: what was on its way then had the session before.
  const reads = method === 'GET';
  const isOld = response.status === 401 ? !(reads && path === kSession) : response.status === 403 && !reads;
  if (isOld && await renewal.proof()) response = await ask(method, path, options);
  if (response.ok) return response;
  if (response.status === 401) refused.value = true;
  throw await problemOf(response);
}

/** @type {(path: string, options?: {signal?: AbortSignal}) => Promise<any>} */
export const get = async (path, options) => (await send('GET', path, options)).json();

/** @type {(method: string, path: string, body?: unknown) => Promise<any>} */
export async function write(method, path, body) {
  const response = await send(method, path, { body });
  const text = await response.text();
  return text ? JSON.parse(text) : undefined;
}

/**
 * A path with parameters; those that are undefined or empty are left out.
 * @param {string} path
 * @param {Record<string, string|number|undefined|null>} parameters
 */
export function withQuery(path, parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** @param {string} id of a control plane */
export const managerPath = (id) => `/v1/mesh/control-planes/${encodeURIComponent(id)}`;
