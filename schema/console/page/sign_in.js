// SPDX-License-Identifier: Apache-2.0
/** By a token, which is not kept, or by way of the identity provider. */
import { html } from './html.js';
import { useEffect, useRef, useState } from './hooks.js';
import { Problem, get } from './api.js';
import { leftAlone, session, signIn } from './session.js';
import { Dialog } from './dialog.js';
import { Sign } from './parts.js';
import { go, path, query } from './routes.js';

/** Where to go afterwards: an address of the console, whatever the link said. */
function back() {
  const wanted = query.value.get('return') ?? '';
  return /^\/console\/(?!sign-in)[^\\]*$/.test(wanted) ? wanted : '/console/';
}

/** @param {{over: boolean}} properties */
function Form({ over }) {
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const [oidc, setOidc] = useState(/** @type {{enabled: boolean, name?: string}} */ ({ enabled: false }));
  const field = useRef(/** @type {HTMLInputElement|null} */ (null));
  useEffect(() => {
    field.current?.focus();
    get('/v3/sign-in').then((ways) => setOidc(ways.oidc ?? { enabled: false }), () => {});
  }, []);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (busy || !token.trim()) return;
    setBusy(true);
    setProblem('');
    try {
      await signIn(token.trim());
      if (!over) go(back(), { replace: true });
    } catch (error) {
      const status = error instanceof Problem ? error.status : 0;
      setProblem(status === 401 ? 'No token of this daemon, or one that has ended.' : String(/** @type {any} */ (error).message));
      field.current?.focus();
    } finally {
      setToken('');
      setBusy(false);
    }
  };
  const target = over ? path.value + location.search : back();
  return html`<form onSubmit=${submit}>
    ${oidc.enabled && html`<p><a class="button primary" href=${`/console/sign-in/oidc?return=${encodeURIComponent(target)}`}
      target=${over ? '_blank' : '_self'}>Sign in with ${oidc.name || 'your identity provider'}</a>
      ${over && html` <span class="muted">in a page of its own; this one goes on by itself</span>`}</p>`}
    <label class="field">Token
      <input type="password" name="token" ref=${field} autocomplete="off" spellcheck=${false} required value=${token}
        aria-invalid=${problem ? 'true' : undefined} aria-describedby="sign-in-help"
        onInput=${(/** @type {any} */ event) => setToken(event.target.value)} /></label>
    ${problem && html`<p class="bad" role="alert"><${Sign} kind="bad" />${problem}</p>`}
    <p class="muted" id="sign-in-help">A personal or a system account's access token. The browser does not keep it. The first
      start of the daemon wrote one to <code>admin.token</code> in its data directory.</p>
    <button class=${oidc.enabled ? '' : 'primary'} aria-busy=${busy}>Sign in</button>
  </form>`;
}

/** @param {{over?: boolean}} properties over: the session ended while its page was open */
export default function SignIn({ over = false }) {
  useEffect(() => {
    if (!over) document.title = 'Sign in · Skyden';
    if (!over && session.value) go(back(), { replace: true });
  }, []);
  if (over) {
    return html`<${Dialog} title="Your session has ended"><p>${leftAlone() ? 'Nobody used it for an hour.' : 'It was ended, or what it began with was.'}
      Sign in to go on where you were; what you typed is still here.</p><${Form} over /><//>`;
  }
  return html`<main class="alone"><h1>Skyden</h1><${Form} over=${false} /></main>`;
}
