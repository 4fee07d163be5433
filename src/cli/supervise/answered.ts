/** What the child sends just before it writes its document, so that a crash at exit adds no second one. */
export const answered = 'twinfer:answered'
