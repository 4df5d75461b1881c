/** `nightlatch/screen`: what a person sees of their session. */
export { type Announcement, type AnnouncerOptions, announce, announcement } from './screen/announce.js';
export { type AttentionOptions, callAttention } from './screen/attention.js';
export { type Cover, type CoverOptions, createCover } from './screen/cover.js';
export { defineElements } from './screen/define.js';
export { ElementBase } from './screen/element-base.js';
export { type Continuable, createElsewhere, type Elsewhere, type ElsewhereState } from './screen/elsewhere.js';
export { type ElsewhereElementOptions, NightlatchElsewhere } from './screen/elsewhere-element.js';
export { type EndedElementOptions, NightlatchEnded } from './screen/ended-element.js';
export { FaceElement } from './screen/face-element.js';
export {
  createMessages,
  type EndedWords,
  type MessageOptions,
  type Messages,
  type RefusedWords,
  type WarningWords,
} from './screen/messages.js';
export {
  createOperationControls,
  type OperationControls,
  type OperationControlsOptions,
  type OperationLatch,
} from './screen/operation-controls.js';
export {
  type AbsentPanel,
  type Checkable,
  type CheckingPanel,
  createPanel,
  type EndedPanel,
  type HiddenPanel,
  type LockedPanel,
  type Panel,
  type PanelOptions,
  type PanelState,
} from './screen/panel.js';
export { createPublicPage, type PublicPage } from './screen/public-page.js';
export { createScreen, type Screen, type ScreenLatch, type ScreenOptions } from './screen/screen.js';
export { type SignIn, type SignInOptions, signInBy } from './screen/sign-in.js';
export { NightlatchSignIn, type SignInElementOptions } from './screen/sign-in-element.js';
export { createSignInPrompt, type SignInPromptOptions } from './screen/sign-in-prompt.js';
export type {
  ClosedSignIn,
  OpenSignIn,
  SignInProblem,
  SignInPrompt,
  SignInState,
  SignInWay,
  Wait,
} from './screen/sign-in-state.js';
export type { SignInWays } from './screen/sign-in-ways.js';
export { createPageVisibility, type PageVisibility } from './screen/visibility.js';
export {
  type Answerable,
  type ClosedWarning,
  createWarning,
  type ExtensionStatus,
  type OpenWarning,
  SIGHT,
  type Warning,
  type WarningOptions,
  type WarningState,
} from './screen/warning.js';
export { NightlatchWarning, type WarningElementOptions } from './screen/warning-element.js';
