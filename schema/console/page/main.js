// SPDX-License-Identifier: Apache-2.0
/** Where the page begins: the frame around all screens. */
import { html } from './html.js';
import { render } from './preact.js';
import { useEffect, useState } from './hooks.js';
import { go, path, route } from './routes.js';
import { ended, resume, session } from './session.js';
import { notice, said } from './announce.js';
import { helping, searching } from './keys.js';
import { Bar } from './bar.js';
import { Failure } from './parts.js';
import { Lazy, Screen } from './screen.js';

/** @type {Record<string, () => Promise<{default: any}>>} */
const screens = {
  fleet: () => import('./fleet.js'),
  zones: () => import('./zones.js'),
  expiry: () => import('./expiry.js'),
  access: () => import('./access.js'),
  account: () => import('./access.js').then((module) => ({ default: module.Account })),
  audit: () => import('./audit.js'),
  operator: () => import('./operator.js'),
  control_plane: () => import('./control_plane.js'),
  zone: () => import('./zone.js'),
  kuma: () => import('./kuma.js'),
};
const signInScreen = () => import('./sign_in.js');
const searchPart = () => import('./search.js');
const helpPart = () => import('./help.js');

const NotFound = () => html`<${Screen} title="Not found">
  <p>There is no such address. <a href="/console/">Go to the fleet</a>, or search with <kbd>/</kbd>.</p><//>`;

function Content() {
  const { screen, parameters } = route.value;
  if (!screens[screen]) return html`<${NotFound} />`;
  return html`<${Lazy} key=${screen + JSON.stringify(parameters)} load=${screens[screen]} ...${parameters} />`;
}

function Notice() {
  const now = notice.value;
  if (!now) return null;
  return html`<aside class="notice" aria-label="Done"><span>${now.text} ${now.href && html`<a href=${now.href}>${now.link}</a>`}</span>
    <button type="button" class="plain" aria-label="Dismiss" onClick=${() => (notice.value = null)}>×</button></aside>`;
}

function Shell() {
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const find = () => {
    setProblem(null);
    resume().catch(setProblem);
  };
  useEffect(find, []);
  const who = session.value;
  const asks = route.value.screen === 'sign_in';
  useEffect(() => {
    // Whoever has not signed in is brought back here afterwards.
    if (who === null && !asks) go(`/console/sign-in?return=${encodeURIComponent(path.value + location.search)}`, { replace: true });
  }, [who, asks]);
  if (problem) return html`<main class="alone"><${Failure} problem=${problem} again=${find} /></main>`;
  if (who === null || (asks && who === undefined)) return html`<${Lazy} load=${signInScreen} quiet />`;
  if (who === undefined) return html`<${Bar} />`;
  if (asks) return html`<${Lazy} load=${signInScreen} quiet />`;
  return html`<${Bar} /><${Content} /><${Notice} />
    <div class="unseen" role="status" aria-live="polite">${said.value}</div>
    ${searching.value && html`<${Lazy} load=${searchPart} quiet />`}
    ${helping.value && html`<${Lazy} load=${helpPart} quiet />`}
    ${ended() && html`<${Lazy} load=${signInScreen} quiet over />`}`;
}

const place = document.getElementById('page');
if (place) {
  place.replaceChildren();
  render(html`<${Shell} />`, place);
}
