/** How many times longer than usual everything may take: sanitizers cost a factor (`scripts/test.mjs --sanitize`). */
export const patience = Number(process.env.TWINFER_TEST_PATIENCE ?? 1)
