/** Headers that carry context (W3C Trace Context, W3C Baggage, B3 single header). */
export const contextHeaders = ['traceparent', 'tracestate', 'baggage', 'b3'] as const;
export type ContextHeader = (typeof contextHeaders)[number];
