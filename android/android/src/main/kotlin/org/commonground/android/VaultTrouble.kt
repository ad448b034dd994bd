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
     * does not help. Say that the journal comes back from a backup (`restoreBackup`), and that the plan, which is not
     * bound to the person, comes back with it.
     */
    KEY_GONE("key-gone"),

    /** The kept key is damaged. As [KEY_GONE] for the person: it comes back from a backup. */
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
