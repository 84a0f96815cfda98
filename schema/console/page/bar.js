// SPDX-License-Identifier: Apache-2.0
/** The bar over all screens: where to go, whether what is shown is new, and who looks. */
import { html } from './html.js';
import { useState } from './hooks.js';
import { get } from './api.js';
import { Button } from './parts.js';
import { Lazy } from './screen.js';
import { Time } from './words.js';
import { session, signOut } from './session.js';
import { helping, searching } from './keys.js';
import { path } from './routes.js';
import { urgent } from './announce.js';

/** Who has signed in, and the way out. Whether somebody runs the daemon is asked when the menu opens. */
function Account() {
  const who = session.value;
  const [operates, setOperates] = useState(false);
  if (!who) return null;
  const look = (/** @type {any} */ event) => event.target.open && get('/v3/daemon').then(() => setOperates(true), () => setOperates(false));
  return html`<details class="menu" onToggle=${look}>
    <summary>${who.principal.name}<span class="muted"> · ${who.organization.name}</span></summary>
    <div>
      <p class="muted">Signed in <${Time} at=${who.created_at} />; ends <${Time} at=${who.expires_at} /></p>
      <button type="button" onClick=${() => (helping.value = true)}>Keys</button>
      ${operates && html`<a href="/console/operator">This daemon</a>`}
      <a href="/console/licences">Licences</a>
      <${Button} onPress=${signOut}>Sign out<//>
    </div>
  </details>`;
}

const freshness = () => import('./freshness.js');

const places = [
  ['/console/', 'Fleet'], ['/console/zones', 'Zones'], ['/console/expiry', 'Expiry'],
  ['/console/access', 'Access'], ['/console/audit', 'Audit'],
];

export function Bar() {
  const here = path.value;
  return html`<header class="bar">
    <a class="skip" href="#content">To the content</a>
    <a class="brand" href="/console/">Skyden</a>
    <nav aria-label="Main"><ul>${places.map(([to, name]) => html`<li key=${to}><a href=${to}
      aria-current=${here === to || (to !== '/console/' && here.startsWith(`${to}/`)) ? 'page' : undefined}>${name}</a></li>`)}</ul></nav>
    <button type="button" class="search" aria-keyshortcuts="/" onClick=${() => (searching.value = true)}>Search <kbd aria-hidden="true">/</kbd></button>
    ${urgent.value > 0 && html`<a class="urgent" href="/console/">${urgent.value} ${urgent.value === 1 ? 'needs' : 'need'} you now</a>`}
    <${Lazy} load=${freshness} quiet />
    <${Account} />
  </header>`;
}
