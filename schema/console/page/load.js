// SPDX-License-Identifier: Apache-2.0
/** What a screen reads: at once, again when asked, and never blank while new data is on its way. */
import { useCallback, useEffect, useRef, useState } from './hooks.js';
import { Problem, get } from './api.js';
import { epoch } from './session.js';

const kPatience = 200; // ms until grey rows are shown

/**
 * @template T
 * @typedef {{data: T|undefined, problem: Problem|undefined, slow: boolean, loading: boolean,
 *   reload: () => void}} Loaded
 */

/**
 * @param {string|null} path null: nothing is read
 * @returns {Loaded<any>}
 */
export function useLoad(path) {
  const [state, setState] = useState(/** @type {any} */ ({ slow: false, loading: true }));
  const [times, setTimes] = useState(0);
  const shown = useRef(/** @type {string|null} */ (null));
  const signedIn = epoch.value;
  useEffect(() => {
    if (path === null) return undefined;
    const abort = new AbortController();
    setState((/** @type {any} */ old) => ({ ...old, loading: true, slow: false }));
    const timer = setTimeout(
      () => setState((/** @type {any} */ old) => (old.loading ? { ...old, slow: true } : old)), kPatience);
    get(path, { signal: abort.signal }).then(
      (data) => {
        shown.current = path;
        setState({ data, problem: undefined, slow: false, loading: false });
      },
      (error) => {
        if (abort.signal.aborted) return;
        const problem = error instanceof Problem ? error : new Problem(0, String(error));
        // What was read before stays, unless it must not be seen any more.
        const keeps = problem.status !== 403 && problem.status !== 404;
        setState((/** @type {any} */ old) => (
          { data: keeps ? old.data : undefined, problem, slow: false, loading: false }));
      },
    ).finally(() => clearTimeout(timer));
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [path, times, signedIn]);
  const reload = useCallback(() => setTimes((n) => n + 1), []);
  return { ...state, reload };
}
