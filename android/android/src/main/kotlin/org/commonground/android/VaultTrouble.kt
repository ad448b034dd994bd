package org.commonground.android

import org.commonground.core.CommonGroundException

/**
 * Why [KeystoreKeyVault] could not give a key: what an app can do something about. Ask [trouble] of a
 * [CommonGroundException.Vault] that came back from opening or unlocking.
 */
public enum class VaultTrouble(internal val code: String) {
    /** The person has not shown a moment ago that it is them: show [JournalPrompt], then try again. */
    NEEDS_PERSON("needs-person"),

    /**
     * Android has made the key unusable, because the screen lock was removed. Nothing was deleted, and trying again
     * does not help. A backup has the key, too: `forget` the private one, and `restoreBackup` into a folder beside the
     * profile's, which gives it to the vault again. The profile then opens, with everything that was written since; erase
     * the folder beside. The key is bound to the phone alone after that. The plan opens all the while.
     */
    KEY_GONE("key-gone"),

    /** The kept key is damaged. As [KEY_GONE] for the person: it comes back from a backup, in the same way. */
    DAMAGED("damaged"),

    /** The phone has no screen lock, so a key cannot be bound to its owner. */
    NO_SCREEN_LOCK("no-screen-lock"),

    /** The Keystore or the storage did not answer. Trying again may help, and so may starting the phone anew. */
    UNAVAILABLE("unavailable"),
    ;

    /** The error that carries this through the core: a code for the app and nobody's words. */
    internal fun error(): CommonGroundException.Vault = CommonGroundException.Vault(PREFIX + code)

    internal companion object {
        const val PREFIX = "android keystore: "
    }
}

/** What is the matter, where the error is one of [KeystoreKeyVault]'s; nothing for another vault's. */
public val CommonGroundException.Vault.trouble: VaultTrouble?
    get() = VaultTrouble.entries.find { reason == VaultTrouble.PREFIX + it.code }
