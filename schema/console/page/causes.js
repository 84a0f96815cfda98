// SPDX-License-Identifier: Apache-2.0
/** Causes, not objects: one line for all that broke together. */
import { html } from './html.js';
import { useState } from './hooks.js';
import { Empty, Sign } from './parts.js';
import { controlPlanePath } from './routes.js';
import { Time, count, span } from './words.js';
import { withQuery } from './api.js';
import { session } from './session.js';

const signs = /** @type {Record<string, string>} */ ({ bad: 'bad', warning: 'warning', info: 'unknown' });
const words = /** @type {Record<string, string>} */ ({ bad: 'Broken', warning: 'Soon', info: 'To know' });

/** @param {any} cause @returns {string} what it counts */
function what(cause) {
  const n = cause.count;
  if (cause.ended) return `${count(cause.recovered ?? n, 'zone')} came back after ${span(Date.parse(cause.ended) - Date.parse(cause.since))}`;
  switch (cause.kind) {
    case 'zones_refused': return `${count(n, 'zone')} refused`;
    case 'zones_offline': return `${count(n, 'zone')} offline`;
    case 'zones_behind': return `${count(n, 'zone')} behind`;
    case 'tokens_end': return `${count(n, 'token')} ${n === 1 ? 'ends' : 'end'} soon`;
    case 'old_versions': return `${count(n, 'zone')} on old versions of Kuma`;
    case 'suspended': return `${count(n, 'control plane')} suspended`;
    default: return `${count(n, 'object')}: ${cause.kind.replaceAll('_', ' ')}`;
  }
}

/** @param {any} cause @returns {string} the one address where it is seen whole */
export function placeOf(cause) {
  const only = cause.control_plane_count === 1 ? cause.control_planes?.[0]?.id : undefined;
  const common = { control_plane: only, network: cause.network };
  switch (cause.kind) {
    case 'zones_refused': return withQuery('/console/zones', { status: 'refused', ...common });
    case 'zones_offline': return withQuery('/console/zones', { status: cause.ended ? '' : 'offline', ...common });
    case 'zones_behind': return withQuery('/console/zones', { status: 'behind', ...common });
    case 'old_versions': return '/console/zones?sort=version';
    case 'tokens_end': return '/console/expiry';
    default: return only ? controlPlanePath(only) : '/console/';
  }
}

/** @param {any} cause */
function whose(cause) {
  const names = (cause.control_planes ?? []).map((/** @type {any} */ one) => one.name);
  const more = (cause.control_plane_count ?? names.length) - names.length;
  const where = names.length === 0 ? (more > 0 ? count(more, 'control plane') : '') : names.join(', ') + (more > 0 ? ` and ${more} more` : '');
  return [cause.network && `from ${cause.network}`, where && `in ${where}`].filter(Boolean).join(' ');
}

/** @param {{cause: any, asleep: boolean, onChange: () => void}} properties */
function Cause({ cause, asleep, onChange }) {
  const [open, setOpen] = useState(false);
  const put = (/** @type {number} */ hours) => {
    snooze(cause, hours);
    setOpen(false);
    onChange();
  };
  return html`<li class="cause ${cause.ended ? 'ended' : cause.severity}">
    <${Sign} kind=${cause.ended ? 'good' : signs[cause.severity]} />
    <div class="what">
      <a href=${placeOf(cause)}><span class="unseen">${words[cause.severity]}: </span>${what(cause)}</a>
      <span class="why">${[cause.reason, cause.version && `oldest ${cause.version}`, cause.newest && `newest seen ${cause.newest}`, !cause.ended && cause.recovered && `${cause.recovered} came back`].filter(Boolean).join(', ')} <span class="muted">${whose(cause)}</span></span>
      ${cause.advice && html`<p class="advice">${cause.advice}</p>`}
    </div>
    <span class="when">${cause.first ? html`first <${Time} at=${cause.first} />` : cause.until ? html`for <${Time} at=${cause.until} plain />` : html`<${Time} at=${cause.ended ?? cause.since} />`}</span>
    ${asleep
      ? html`<button type="button" class="small" onClick=${() => (wake(cause), onChange())}>Wake</button>`
      : html`<details class="menu" open=${open} onToggle=${(/** @type {any} */ event) => setOpen(event.target.open)}>
          <summary aria-label=${`Snooze: ${what(cause)}`}>Snooze</summary>
          <div><button type="button" onClick=${() => put(1)}>1 hour</button><button type="button" onClick=${() => put(8)}>8 hours</button>
            <button type="button" onClick=${() => put(0)}>Until it changes</button></div></details>`}
  </li>`;
}

/** @param {{all: any[], leftOff: number}} properties */
export function Causes({ all, leftOff }) {
  const [, draw] = useState(0);
  const [showAsleep, setShowAsleep] = useState(false);
  const again = () => draw((n) => n + 1);
  const awake = all.filter((cause) => !isSnoozed(cause));
  const asleep = all.filter(isSnoozed);
  if (all.length === 0) return html`<${Empty}><p class="good"><${Sign} kind="good" />Nothing needs you.</p><//>`;
  return html`<ul class="causes">
      ${awake.map((cause) => html`<${Cause} key=${cause.id ?? cause.kind} cause=${cause} asleep=${false} onChange=${again} />`)}
      ${showAsleep && asleep.map((cause) => html`<${Cause} key=${cause.id ?? cause.kind} cause=${cause} asleep onChange=${again} />`)}
    </ul>
    ${asleep.length > 0 && html`<p class="more"><button type="button" class="plain" aria-expanded=${showAsleep}
      onClick=${() => setShowAsleep(!showAsleep)}>${count(asleep.length, 'snoozed cause')}</button></p>`}
    ${leftOff > 0 && html`<p class="more muted">and ${count(leftOff, 'more cause')}</p>`}`;
}

const place = () => `skyden-snoozed-${session.value?.principal.id ?? ''}`;

/** @returns {Record<string, {until: number, count: number}>} */
function all() {
  try {
    return JSON.parse(localStorage.getItem(place()) ?? '{}');
  } catch {
    return {};
  }
}

/** @param {Record<string, {until: number, count: number}>} kept */
function keep(kept) {
  const now = Date.now();
  const still = Object.entries(kept).filter(([, one]) => !one.until || one.until > now);
  localStorage.setItem(place(), JSON.stringify(Object.fromEntries(still.slice(-200))));
}

const key = (/** @type {any} */ cause) => String(cause.id ?? cause.kind);

/** @param {any} cause @param {number} hours 0: until it counts something else */
export function snooze(cause, hours) {
  keep({ ...all(), [key(cause)]: { until: hours ? Date.now() + hours * 3600e3 : 0, count: cause.count } });
}

/** @param {any} cause */
export function wake(cause) {
  const kept = all();
  delete kept[key(cause)];
  keep(kept);
}

/** @param {any} cause */
export function isSnoozed(cause) {
  const one = all()[key(cause)];
  if (!one) return false;
  return one.until ? one.until > Date.now() : one.count === cause.count;
}
