package org.commonground.android

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.StrongBoxUnavailableException
import android.security.keystore.UserNotAuthenticatedException
import java.io.InputStream
import java.io.OutputStream
import java.security.AlgorithmParameters
import java.security.InvalidAlgorithmParameterException
import java.security.Key
import java.security.KeyStoreSpi
import java.security.Provider
import java.security.SecureRandom
import java.security.Security
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import javax.crypto.Cipher
import javax.crypto.CipherSpi
import javax.crypto.KeyGenerator
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey

/**
 * A Keystore for tests, where the JVM has none: AES keys that nobody can read, with what a phone's does to keys that are
 * bound to a person. It behaves as Android's documentation says; what a phone's maker does besides, it cannot show.
 */
class FakeAndroidKeyStore : Provider("AndroidKeyStore", "1.0", "a Keystore for tests") {
    class Kept(val spec: KeyGenParameterSpec, val secret: SecretKey) {
        var invalidated = false
    }

    val kept = linkedMapOf<String, Kept>()
    var hasStrongBox = false
    var hasScreenLock = true

    /** Whether the person has shown that it is them, a moment ago. */
    var personIsThere = false

    init {
        serve("KeyStore", "AndroidKeyStore") { Store() }
        serve("KeyGenerator", "AES") { Generator() }
        serve("Cipher", "AES/GCM/NoPadding") { Gcm() }
    }

    fun install() = apply { Security.insertProviderAt(this, 1) }

    fun remove() = Security.removeProvider(name)

    /** As when the screen lock is removed: keys bound to the person are destroyed. */
    fun removeScreenLock() {
        hasScreenLock = false
        kept.values.filter { it.spec.isUserAuthenticationRequired }.forEach { it.invalidated = true }
    }

    private fun serve(type: String, algorithm: String, make: () -> Any) =
        putService(object : Service(this, type, algorithm, make().javaClass.name, null, null) {
            override fun newInstance(constructorParameter: Any?): Any = make()

            override fun supportsParameter(parameter: Any?): Boolean = parameter is FakeKey
        })

    /** A key that says nothing of itself, as the Keystore's. */
    class FakeKey(val kept: Kept) : SecretKey {
        override fun getAlgorithm() = "AES"

        override fun getFormat(): String? = null

        override fun getEncoded(): ByteArray? = null
    }

    private inner class Generator : KeyGeneratorSpi() {
        private lateinit var spec: KeyGenParameterSpec

        override fun engineInit(params: AlgorithmParameterSpec, random: SecureRandom?) {
            spec = params as KeyGenParameterSpec
            if (spec.isUserAuthenticationRequired && !hasScreenLock) throw InvalidAlgorithmParameterException("no lock")
        }

        override fun engineInit(random: SecureRandom?) = error("without a spec")

        override fun engineInit(size: Int, random: SecureRandom?) = error("without a spec")

        override fun engineGenerateKey(): SecretKey {
            if (spec.isStrongBoxBacked && !hasStrongBox) throw StrongBoxUnavailableException("none")
            val secret = KeyGenerator.getInstance("AES", "SunJCE").apply { init(spec.keySize) }.generateKey()
            return FakeKey(Kept(spec, secret).also { kept[spec.keystoreAlias] = it })
        }
    }

    private inner class Gcm : CipherSpi() {
        private val real = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE")

        override fun engineInit(mode: Int, key: Key, random: SecureRandom?) = real.init(mode, allowed(key))

        override fun engineInit(mode: Int, key: Key, params: AlgorithmParameterSpec?, random: SecureRandom?) {
            // The Keystore makes the nonces itself.
            if (mode == Cipher.ENCRYPT_MODE && params != null) throw InvalidAlgorithmParameterException("own nonce")
            real.init(mode, allowed(key), params)
        }

        override fun engineInit(mode: Int, key: Key, params: AlgorithmParameters?, random: SecureRandom?) =
            error("not used")

        private fun allowed(key: Key): SecretKey {
            val kept = (key as FakeKey).kept
            if (kept.invalidated) throw KeyPermanentlyInvalidatedException()
            if (kept.spec.isUserAuthenticationRequired && !personIsThere) throw UserNotAuthenticatedException()
            return kept.secret
        }

        override fun engineSetMode(mode: String?) = Unit

        override fun engineSetPadding(padding: String?) = Unit

        override fun engineGetBlockSize() = real.blockSize

        override fun engineGetOutputSize(inputLen: Int) = real.getOutputSize(inputLen)

        override fun engineGetIV(): ByteArray = real.iv

        override fun engineGetParameters(): AlgorithmParameters = real.parameters

        override fun engineUpdateAAD(src: ByteArray, offset: Int, len: Int) = real.updateAAD(src, offset, len)

        override fun engineUpdate(input: ByteArray, offset: Int, len: Int): ByteArray? = real.update(input, offset, len)

        override fun engineUpdate(input: ByteArray, offset: Int, len: Int, output: ByteArray, at: Int): Int =
            real.update(input, offset, len, output, at)

        override fun engineDoFinal(input: ByteArray, offset: Int, len: Int): ByteArray = real.doFinal(input, offset, len)

        override fun engineDoFinal(input: ByteArray, offset: Int, len: Int, output: ByteArray, at: Int): Int =
            real.doFinal(input, offset, len, output, at)
    }

    private inner class Store : KeyStoreSpi() {
        override fun engineLoad(stream: InputStream?, password: CharArray?) = Unit

        override fun engineGetKey(alias: String, password: CharArray?): Key? = kept[alias]?.let(::FakeKey)

        override fun engineDeleteEntry(alias: String) {
            kept.remove(alias)
        }

        override fun engineAliases(): Enumeration<String> = Collections.enumeration(kept.keys.toList())

        override fun engineContainsAlias(alias: String) = alias in kept

        override fun engineSize() = kept.size

        override fun engineIsKeyEntry(alias: String) = alias in kept

        override fun engineIsCertificateEntry(alias: String) = false

        override fun engineGetCertificateChain(alias: String): Array<Certificate>? = null

        override fun engineGetCertificate(alias: String): Certificate? = null

        override fun engineGetCertificateAlias(cert: Certificate?): String? = null

        override fun engineGetCreationDate(alias: String): Date? = null

        override fun engineSetKeyEntry(alias: String?, key: Key?, password: CharArray?, chain: Array<Certificate>?) =
            error("not used")

        override fun engineSetKeyEntry(alias: String?, key: ByteArray?, chain: Array<Certificate>?) = error("not used")

        override fun engineSetCertificateEntry(alias: String?, cert: Certificate?) = error("not used")

        override fun engineStore(stream: OutputStream?, password: CharArray?) = error("not used")
    }
}
