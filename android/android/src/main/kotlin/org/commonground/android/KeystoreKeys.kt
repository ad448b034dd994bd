package org.commonground.android

import android.content.Context
import android.content.pm.PackageManager
import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import java.security.KeyStore
import java.security.ProviderException
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey

/** The AES keys that this app has in the Android Keystore. They never leave it: not even this app sees their bytes. */
internal class KeystoreKeys(private val context: Context) {
    private val store: KeyStore = KeyStore.getInstance(PROVIDER).apply { load(null) }

    fun find(alias: String): SecretKey? = store.getKey(alias, null) as SecretKey?

    /** Makes a key in the security chip of its own (StrongBox) where the phone has one, else where the phone keeps keys. */
    fun make(alias: String, binding: KeyBinding): SecretKey {
        if (!hasStrongBox()) return make(alias, binding, inStrongBox = false)
        return try {
            make(alias, binding, inStrongBox = true)
        } catch (_: ProviderException) {
            // Chips are small and get full, and some do not do what they say. The phone's own Keystore does.
            make(alias, binding, inStrongBox = false)
        }
    }

    fun forget(alias: String) = store.deleteEntry(alias)

    /** All aliases that begin so. */
    fun all(prefix: String): List<String> = store.aliases().toList().filter { it.startsWith(prefix) }

    private fun hasStrongBox(): Boolean = Build.VERSION.SDK_INT >= Build.VERSION_CODES.P &&
        context.packageManager.hasSystemFeature(PackageManager.FEATURE_STRONGBOX_KEYSTORE)

    private fun make(alias: String, binding: KeyBinding, inStrongBox: Boolean): SecretKey {
        val spec = KeyGenParameterSpec.Builder(alias, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .setKeySize(KEY_BITS)
        if (binding == KeyBinding.PERSON) bindToPerson(spec)
        if (inStrongBox && Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) spec.setIsStrongBoxBacked(true)
        val maker = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, PROVIDER)
        maker.init(spec.build())
        return maker.generateKey()
    }

    /**
     * For some seconds after finger, face or screen lock, rather than for one cipher handed to the prompt: then the
     * screen lock opens it too on every Android, and so a finger that is added later does not make it unusable.
     */
    private fun bindToPerson(spec: KeyGenParameterSpec.Builder) {
        spec.setUserAuthenticationRequired(true)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
            spec.setUserAuthenticationParameters(
                KeystoreKeyVault.SECONDS_AFTER_PROOF,
                KeyProperties.AUTH_BIOMETRIC_STRONG or KeyProperties.AUTH_DEVICE_CREDENTIAL,
            )
        } else {
            @Suppress("DEPRECATION")
            spec.setUserAuthenticationValidityDurationSeconds(KeystoreKeyVault.SECONDS_AFTER_PROOF)
        }
    }

    private companion object {
        const val PROVIDER = "AndroidKeyStore"
        const val KEY_BITS = 256
    }
}
