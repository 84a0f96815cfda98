// SPDX-License-Identifier: Apache-2.0
/** Who looks. The session is a cookie that the page cannot read; it knows what the daemon says of it. */
import { signal } from './signals.js';
import { kSession, Problem, get, proof, refused, renewal, send, touched, write } from './api.js';

/**
 * @typedef {{id: string, csrf_token: string, by_provider: boolean, principal: {id: string, type: string, name: string},
 *   organization: {id: string, name: string}, created_at: string, expires_at: string}} Session
 */

/** undefined: not known yet; null: nobody. @type {import('./signals.js').Signal<Session|null|undefined>} */
export const session = signal(undefined);
/** Counts sign-ins: what was read in an earlier one is read anew. */
export const epoch = signal(0);

/** @param {Session} made */
function enter(made) {
  const before = session.value;
  proof.value = made.csrf_token;
  refused.value = false;
  session.value = made;
  // Another's screens are not shown to who comes after.
  if (before && before.principal.id !== made.principal.id) return location.reload();
  epoch.value += 1;
}

/** Finds out whether there is a session. Throws a Problem when that cannot be known. */
export async function resume() {
  try {
    enter(await get(kSession));
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
    refused.value = false;
    session.value = null;
  }
}

/** @param {string} token */
export async function signIn(token) {
  try {
    const response = await send('POST', '/v3/sessions', { body: { token } });
    enter(await response.json());
  } catch (error) {
    if (error instanceof Problem && error.status === 401 && !session.value) refused.value = false;
    throw error;
  }
}

export async function signOut() {
  const provider = session.value?.by_provider;
  await write('DELETE', kSession);
  // Or the next one to sign in there would be let in as the same person, without a word.
  location.assign(provider ? '/console/sign-out/oidc' : '/console/sign-in');
}

// Somebody signed in again in another page of this browser: the cookie is that session's, the proof was not.
renewal.proof = async () => {
  const before = session.value;
  const now = before && await get(kSession).catch(() => null);
  if (!before || !now || now.csrf_token === proof.value) return false;
  enter(now);
  return now.principal.id === before.principal.id;
};

const kTold = 5 * 60 * 1000; // ms; a session that nobody uses for an hour ends

/** Typing is a use of the session, whether it asks the daemon for something or not. */
function touch() {
  touched.at = Date.now();
  if (session.value && !refused.value && touched.at - touched.told > kTold) get(kSession).catch(() => {});
}
for (const kind of ['keydown', 'pointerdown', 'wheel']) addEventListener(kind, touch, { capture: true, passive: true });

/** Whether the session has been left alone until its end. */
export const leftAlone = () => Date.now() - touched.told >= 59 * 60 * 1000;

/** Whether the current session has ended while its page is open. */
export const ended = () => Boolean(session.value) && refused.value;
