/** `nightlatch/reauth`: the ways in which a person proves anew who they are. */
export { type PasskeyOptions, passkey } from './reauth/passkey.js';
export { type PasswordOptions, password } from './reauth/password.js';
export { type PopupOffer, type PopupOptions, popup, type Reauthenticate } from './reauth/popup.js';
export type { OpenPopupChannel, PopupChannel } from './reauth/popup-messages.js';
export { type PopupReturnOptions, type PopupReturnPage, takePopupReturn } from './reauth/popup-return.js';
export type { PopupPage, PopupWindow } from './reauth/popup-window.js';
export type { ProofFetch } from './reauth/proof-call.js';
export {
  type RedirectOptions,
  type RedirectPage,
  type RedirectStorage,
  type Return,
  redirect,
  takeReturn,
} from './reauth/redirect.js';
export { returnTo } from './reauth/return-to.js';
export type {
  ChosenPasskey,
  PasskeyOffer,
  PasskeyReply,
  PasskeyWay,
  PasswordWay,
  ProofQuestion,
  ProofReply,
} from './ways.js';
