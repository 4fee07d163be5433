/** How many times longer than usual everything may take: sanitizers cost a factor (`scripts/test.mjs --sanitize`). */
export const patience = Number(process.env.TWINFER_TEST_PATIENCE ?? 1)

/** Whether the addon is that of `npm run build:sanitize`, whose runtime is loaded into every process and keeps freed memory. */
export const isSanitized = process.env.TWINFER_ADDON?.includes('Sanitize') ?? false
