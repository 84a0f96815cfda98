// SPDX-License-Identifier: Apache-2.0
/** Whether what is shown follows what happens: never silently old. */
import { html } from './html.js';
import { useEffect, useState } from './hooks.js';
import { Sign } from './parts.js';
import { stream } from './events.js';
import { clock } from './words.js';

export default function Freshness() {
  const { live, since, retry, denied } = stream.value;
  const [, tick] = useState(0);
  const stale = !live && since !== undefined;
  useEffect(() => {
    document.documentElement.classList.toggle('stale', stale);
    if (!stale) return undefined;
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, [stale]);
  if (live) return html`<span class="fresh"><${Sign} kind="good" />live</span>`;
  if (!stale) return html`<span class="fresh muted"><${Sign} kind="unknown" />${denied ? 'not followed' : 'connecting'}</span>`;
  const left = Math.max(0, Math.ceil(((retry ?? 0) - Date.now()) / 1000));
  return html`<span class="fresh lost"><${Sign} kind="warning" />as of ${clock(since)}, ${left ? `reconnecting in ${left} s` : 'reconnecting'}</span>`;
}
