// SPDX-License-Identifier: Apache-2.0
/** Addresses: each state of the page is one, so that it can be shared, reloaded and gone back to. */
import { computed, signal } from './signals.js';

/** Each address, and the screen that it shows. The daemon knows them from here (embed.py). */
const routes = [
  ['/console/', 'fleet'],
  ['/console/zones', 'zones'],
  ['/console/expiry', 'expiry'],
  ['/console/access', 'access'],
  ['/console/access/:kind/:account', 'account'],
  ['/console/audit', 'audit'],
  ['/console/operator', 'operator'],
  ['/console/sign-in', 'sign_in'],
  ['/console/cp/:id', 'control_plane'],
  ['/console/cp/:id/zones', 'control_plane'],
  ['/console/cp/:id/preview', 'control_plane'],
  ['/console/cp/:id/rollouts', 'control_plane'],
  ['/console/cp/:id/history', 'control_plane'],
  ['/console/cp/:id/changes', 'control_plane'],
  ['/console/cp/:id/refused', 'control_plane'],
  ['/console/cp/:id/access', 'control_plane'],
  ['/console/cp/:id/kuma', 'kuma'],
  ['/console/cp/:id/zones/:zone', 'zone'],
];

/** @param {string} path */
const segments = (path) => path.split('/').filter(Boolean);

/**
 * @param {string} path
 * @returns {{screen: string, parameters: Record<string, string>}}
 */
export function match(path) {
  const asked = segments(path);
  for (const [pattern, screen] of routes) {
    const wanted = segments(pattern);
    if (wanted.length !== asked.length) continue;
    /** @type {Record<string, string>} */
    const parameters = {};
    const fits = wanted.every((segment, i) => {
      if (!segment.startsWith(':')) return segment === asked[i];
      try {
        parameters[segment.slice(1)] = decodeURIComponent(asked[i]);
        return true;
      } catch {
        return false;
      }
    });
    if (fits) return { screen, parameters };
  }
  return { screen: 'not_found', parameters: {} };
}

const here = () => location.pathname + location.search;
const address = signal(here());

export const path = computed(() => address.value.split('?')[0]);
export const query = computed(() => new URLSearchParams(address.value.split('?')[1] ?? ''));
export const route = computed(() => match(path.value));

window.addEventListener('popstate', () => (address.value = here()));

/**
 * Goes to an address of the console.
 * @param {string} to
 * @param {{replace?: boolean}} [options] replace: Back does not come back here
 */
export function go(to, { replace = false } = {}) {
  if (to === here()) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  const moved = to.split('?')[0] !== path.value;
  address.value = here();
  if (moved) window.scrollTo(0, 0);
}

/**
 * Changes some parameters of the address; those that are empty go.
 * @param {Record<string, string|undefined>} changes
 */
export function change(changes) {
  const next = new URLSearchParams(query.value);
  for (const [name, value] of Object.entries(changes)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  const text = next.toString();
  go(path.value + (text ? `?${text}` : ''), { replace: true });
}

/** Links of the page are followed without asking for it again. */
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !plain || event.defaultPrevented || link.target || link.hasAttribute('download')) return;
  if (link.origin !== location.origin || !link.pathname.startsWith('/console/')) return;
  if (link.pathname === '/console/licences') return;
  event.preventDefault();
  go(link.pathname + link.search);
});

/** @param {...string} parts */
const below = (...parts) => parts.map((part) => `/${encodeURIComponent(part)}`).join('');
export const controlPlanePath = (/** @type {string} */ id) => `/console/cp${below(id)}`;
export const zonePath = (/** @type {string} */ id, /** @type {string} */ zone) =>
  `/console/cp${below(id)}/zones${below(zone)}`;
export const accountPath = (/** @type {string} */ kind, /** @type {string} */ id) =>
  `/console/access${below(kind, id)}`;
