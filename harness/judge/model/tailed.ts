import { list, object, text } from '../../pipeline/read.ts';
import type { Component } from '../../pipeline/types.ts';

/**
 * Operators that hand on each entry as one, whatever they make of it (pkg/stanza v0.152.0,
 * operator). What is not among them may drop some (`filter`, `router`) or join them (`recombine`);
 * `container` joins only the parts of a line that the runtime had split.
 */
const handingOn = new Set([
  ...['container', 'noop', 'add', 'copy', 'move', 'remove', 'retain', 'flatten', 'assign_keys'],
  ...['json_parser', 'regex_parser', 'csv_parser', 'key_value_parser', 'uri_parser', 'unquote'],
  ...['time_parser', 'severity_parser', 'trace_parser', 'scope_name_parser', 'sanitize_utf8'],
]);

/** Every line of the bench's is one that these can take apart. */
const neverFailing = new Set(['container', 'json_parser']);

/** Whether some of what a receiver tails may not get through its operators. */
export const mayDropLines = ({ config }: Component): boolean =>
  list(config.operators).some((written) => {
    const { type, on_error: onError } = object(written);
    const name = text(type) ?? '';
    const dropsFailed = /^drop/.test(text(onError) ?? '') && !neverFailing.has(name);
    return !handingOn.has(name) || dropsFailed;
  });
