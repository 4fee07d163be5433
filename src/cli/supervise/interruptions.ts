/** Signals that a person or a system sends to end a program: no crash. */
export const interruptions: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
