package org.commonground.android

/** What it takes to use a key of the Keystore. */
public enum class KeyBinding(internal val code: Byte) {
    /** This phone and this app, after the phone's first unlock. */
    DEVICE(0),

    /**
     * This phone, this app, and its owner, who has shown finger, face or screen lock at most
     * [KeystoreKeyVault.SECONDS_AFTER_PROOF] seconds ago.
     */
    PERSON(1),
}
