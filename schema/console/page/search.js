// SPDX-License-Identifier: Apache-2.0
/** Search over all that the caller may read; the server looks. */
import { html } from './html.js';
import { useEffect, useRef, useState } from './hooks.js';
import { Problem, get, withQuery } from './api.js';
import { accountPath, controlPlanePath, go, zonePath } from './routes.js';
import { searching } from './keys.js';
import { Dialog } from './dialog.js';
import { Failure, Status } from './parts.js';

const kPause = 150;
const kinds = /** @type {Record<string, string>} */ ({
  control_plane: 'Control planes', zone: 'Zones', mesh: 'Meshes', service: 'Services', policy: 'Policies', account: 'Accounts', audit: 'Audit' });

/** @param {any} one @returns {string} an address that we build: no link of the answer is followed */
function placeOf(one) {
  const cp = one.control_plane?.id;
  switch (one.kind) {
    case 'control_plane': return controlPlanePath(one.id);
    case 'zone': return zonePath(cp, one.name);
    case 'account': return accountPath(one.type === 'user' ? 'users' : 'system-accounts', one.id);
    case 'mesh': return `${controlPlanePath(cp)}/kuma?at=${encodeURIComponent(`/meshes/${encodeURIComponent(one.name)}/overview`)}`;
    case 'audit': {
      const request = /filter(?:\[|%5B)request_id(?:\]|%5D)=([^&]*)/.exec(one.href ?? '')?.[1] ?? '';
      return withQuery('/console/audit', { request_id: decodeURIComponent(request) });
    }
    default: return withQuery(`${controlPlanePath(cp)}/kuma`, {});
  }
}

export default function Search() {
  const [text, setText] = useState('');
  const [answer, setAnswer] = useState(/** @type {any} */ (null));
  const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
  const [current, setCurrent] = useState(0);
  const field = useRef(/** @type {HTMLInputElement|null} */ (null));
  const close = () => (searching.value = false);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    const asked = text.trim();
    if (asked.length < 2) {
      setAnswer(null);
      return undefined;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => get(withQuery('/v3/search', { q: asked }), { signal: abort.signal }).then(
      (found) => {
        setAnswer(found);
        setProblem(null);
        setCurrent(found.jump ?? 0);
      },
      (error) => abort.signal.aborted || setProblem(error)), kPause);
    return () => (clearTimeout(timer), abort.abort());
  }, [text]);
  /** @type {any[]} */
  const results = answer?.results ?? [];
  const open = (/** @type {any} */ one) => {
    close();
    go(placeOf(one));
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const step = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1 })[event.key];
    if (step) setCurrent(Math.max(0, Math.min(results.length - 1, current + step)));
    else if (event.key === 'Enter' && results[current]) open(results[current]);
    else return;
    event.preventDefault();
  };
  return html`<${Dialog} title="Search" onClose=${close}>
    <input type="search" class="whole" ref=${field} value=${text} role="combobox" aria-expanded=${results.length > 0} aria-controls="found"
      aria-activedescendant=${results.length ? `found-${current}` : undefined} aria-label="Name, id, KRI or request id" placeholder="Name, id, KRI or request id"
      onInput=${(/** @type {any} */ event) => setText(event.target.value)} onKeyDown=${onKeyDown} />
    ${problem && html`<${Failure} problem=${problem} />`}
    <ul id="found" role="listbox" aria-label="Found" class="found">${results.map((one, i) => html`
      <li key=${i} id=${`found-${i}`} role="option" aria-selected=${i === current} onClick=${() => open(one)}>
        <span class="kind">${kinds[one.kind] ?? one.kind}</span> <strong>${one.name}</strong>
        ${one.type && html`<span class="muted"> ${one.type}</span>`}${one.status && html` <${Status} status=${one.status} />`}
        <span class="muted"> ${[one.mesh, one.control_plane?.name].filter(Boolean).join(' · ')}</span></li>`)}</ul>
    <p class="muted" role="status">${answer && results.length === 0 ? 'Nothing found.' : answer && !answer.complete ? 'There is more: say more of what you look for.' : ''}</p>
  <//>`;
}
