package org.commonground.android

import android.content.Context
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.UserNotAuthenticatedException
import java.io.File
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.InvalidAlgorithmParameterException
import java.security.ProviderException
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec
import org.commonground.core.CommonGroundException
import org.commonground.core.KeyName
import org.commonground.core.KeyVault

/**
 * Keeps the core's two keys: each encrypted by a key of the Android Keystore, which is in the phone's security chip
 * where it has one, and never leaves it. The encrypted keys lie in the app's no-backup files, because on another phone
 * they could not be opened.
 *
 * Both keys begin bound to the phone. The shared file's stays so, and the plan catches up in the background; the
 * private file's is bound to its owner, too, by [bindToPerson]. From then on it is given only within
 * [SECONDS_AFTER_PROOF] seconds after the person has shown finger, face or screen lock ([JournalPrompt]).
 *
 * **A screen lock that is removed takes a bound key with it**: Android destroys it then, for good, and the journal comes
 * back only from a backup ([VaultTrouble.KEY_GONE]). Ask for a backup before binding, and tell the person. A finger or
 * face that is added does not do that. Nothing is ever deleted here because something went wrong.
 *
 * Every call blocks for some milliseconds (StrongBox: for some hundreds) and may be made from any thread; keep it off the
 * main one. Errors are [CommonGroundException.Vault], whose [trouble] says what can be done.
 *
 * @param name tells apart the vaults of an app that has several profiles; the app's own word, of letters and digits.
 */
public class KeystoreKeyVault(context: Context, private val name: String = "profile") : KeyVault {
    private val folder = File(context.noBackupFilesDir, "common-ground/$name")
    private val keys by lazy { KeystoreKeys(context.applicationContext) }

    init {
        require(name.isNotEmpty() && name.all { it in 'a'..'z' || it in 'A'..'Z' || it in '0'..'9' }) { "not a name" }
    }

    override fun load(name: KeyName): ByteArray? = troubled {
        val wrapped = read(name) ?: return null
        unwrap(name, wrapped).also { forgetFormer(name, wrapped) }
    }

    /** What kept a key before is replaced, in the moment when the new one is durable; the binding stays as it was. */
    override fun keep(name: KeyName, key: ByteArray): Unit = troubled {
        val before = file(name).read()?.let(WrappedKey::of)
        wrap(name, key, before?.binding ?: KeyBinding.DEVICE)
    }

    override fun forget(name: KeyName): Unit = troubled {
        // The Keystore first: without its key the file is noise, whatever the storage keeps of it.
        keys.all(prefix(name)).forEach(keys::forget)
        file(name).delete()
    }

    /** What the private file's key is bound to now; nothing while there is no key. */
    public fun binding(): KeyBinding? = troubled { read(KeyName.PRIVATE)?.binding }

    /**
     * From now on the private file's key is given to its owner only. Needs a proof of the person, as [load] will then:
     * show [JournalPrompt] before, and a backup before that. Throws [VaultTrouble.NO_SCREEN_LOCK] where the phone has none.
     */
    public fun bindToPerson(): Unit = rebind(KeyBinding.PERSON)

    /** The private file's key is bound to the phone alone again. Needs a proof of the person, if it is bound to them. */
    public fun bindToDevice(): Unit = rebind(KeyBinding.DEVICE)

    private fun rebind(binding: KeyBinding): Unit = troubled {
        val wrapped = read(KeyName.PRIVATE) ?: throw VaultTrouble.DAMAGED.error()
        if (wrapped.binding == binding) return
        val key = unwrap(KeyName.PRIVATE, wrapped)
        try {
            wrap(KeyName.PRIVATE, key, binding)
            // What opened it before should not do so any longer than it must.
            val now = read(KeyName.PRIVATE)
            if (now != null && opens(KeyName.PRIVATE, now)) forgetFormer(KeyName.PRIVATE, now)
        } finally {
            key.fill(0)
        }
    }

    private fun opens(name: KeyName, wrapped: WrappedKey): Boolean = try {
        unwrap(name, wrapped).fill(0)
        true
    } catch (_: GeneralSecurityException) {
        // Not now: the proof of the person is too long ago, for example.
        false
    }

    /** Takes away the keys of the Keystore that [wrapped], which has been opened, does not need. */
    private fun forgetFormer(name: KeyName, wrapped: WrappedKey) =
        (keys.all(prefix(name)) - alias(name, wrapped.number)).forEach(keys::forget)

    private fun read(name: KeyName): WrappedKey? {
        val bytes = file(name).read() ?: return null
        return WrappedKey.of(bytes) ?: throw VaultTrouble.DAMAGED.error()
    }

    private fun unwrap(name: KeyName, wrapped: WrappedKey): ByteArray {
        val key = keys.find(alias(name, wrapped.number)) ?: throw VaultTrouble.KEY_GONE.error()
        val cipher = Cipher.getInstance(CIPHER)
        cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, wrapped.nonce))
        cipher.updateAAD(about(name))
        return cipher.doFinal(wrapped.sealed)
    }

    /** Each wrapping has a Keystore key of its own: the former goes only when the new file has been opened once. */
    private fun wrap(name: KeyName, key: ByteArray, binding: KeyBinding) {
        val former = keys.all(prefix(name))
        val number = 1 + (former.mapNotNull { it.removePrefix(prefix(name)).toIntOrNull() }.maxOrNull() ?: 0)
        val wrapping = make(alias(name, number), binding)
        val cipher = Cipher.getInstance(CIPHER)
        try {
            cipher.init(Cipher.ENCRYPT_MODE, wrapping)
            cipher.updateAAD(about(name))
            file(name).write(WrappedKey(number, binding, cipher.iv, cipher.doFinal(key)).bytes())
        } catch (failure: GeneralSecurityException) {
            // The file does not name it, so it is in nobody's use. After a failed write it may be: then it stays.
            keys.forget(alias(name, number))
            throw failure
        }
    }

    private fun make(alias: String, binding: KeyBinding): SecretKey = try {
        keys.make(alias, binding)
    } catch (failure: InvalidAlgorithmParameterException) {
        throw if (binding == KeyBinding.PERSON) VaultTrouble.NO_SCREEN_LOCK.error() else failure
    }

    private fun file(name: KeyName) = DurableFile(File(folder, "${word(name)}.key"))

    private fun prefix(name: KeyName) = "org.commonground.${this.name}.${word(name)}."

    private fun alias(name: KeyName, number: Int) = prefix(name) + number

    /** Bound into the encryption, so that one file cannot be laid in the other's place. */
    private fun about(name: KeyName) = "common-ground key ${word(name)}".toByteArray()

    /** The names on the disk, which must not change when code is renamed. */
    private fun word(name: KeyName) = when (name) {
        KeyName.PRIVATE -> "private"
        KeyName.SHARED -> "shared"
    }

    /** Some versions of Android wrap what they mean, when a key is only looked for. */
    private fun behind(failure: GeneralSecurityException): VaultTrouble = when (failure.cause) {
        is KeyPermanentlyInvalidatedException -> VaultTrouble.KEY_GONE
        else -> VaultTrouble.UNAVAILABLE
    }

    /** Says what went wrong as [VaultTrouble]; what the system said of it goes no further. */
    private inline fun <T> troubled(block: () -> T): T = try {
        synchronized(oneAtATime) { block() }
    } catch (_: UserNotAuthenticatedException) {
        throw VaultTrouble.NEEDS_PERSON.error()
    } catch (_: KeyPermanentlyInvalidatedException) {
        throw VaultTrouble.KEY_GONE.error()
    } catch (_: AEADBadTagException) {
        throw VaultTrouble.DAMAGED.error()
    } catch (failure: GeneralSecurityException) {
        throw behind(failure).error()
    } catch (_: ProviderException) {
        throw VaultTrouble.UNAVAILABLE.error()
    } catch (_: IOException) {
        throw VaultTrouble.UNAVAILABLE.error()
    }

    public companion object {
        /** For how many seconds a finger, a face or the screen lock opens a key that is bound to the person. */
        public const val SECONDS_AFTER_PROOF: Int = 15

        /** A process has one Keystore, whatever number of vaults. */
        private val oneAtATime = Any()

        private const val CIPHER = "AES/GCM/NoPadding"
        private const val TAG_BITS = 128
    }
}
