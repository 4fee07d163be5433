/** Interpreter::SessionMode. Set before the first session, but for the last two, which act on existing ones. */
export const SessionMode = {
  /** Default: `runSessionWithCallBackInfo` works. */
  Session_Debug: 0,
  Session_Release: 1,
  /** Default. */
  Session_Input_Inside: 2,
  /** Inputs have no memory of their own: `open()` uses it, a Session of this API cannot run in it. */
  Session_Input_User: 3,
  /** Default. */
  Session_Output_Inside: 4,
  Session_Output_User: 5,
  /** Default. */
  Session_Resize_Direct: 6,
  Session_Resize_Defer: 7,
  /** Default. */
  Session_Backend_Fix: 8,
  Session_Backend_Auto: 9,
  /** Default. */
  Session_Memory_Collect: 10,
  Session_Memory_Cache: 11,
  /** Default. */
  Session_Codegen_Disable: 12,
  Session_Codegen_Enable: 13,
  Session_Resize_Check: 14,
  Session_Resize_Fix: 15,
} as const

export type SessionMode = (typeof SessionMode)[keyof typeof SessionMode]
