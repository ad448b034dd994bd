package org.commonground.android

import android.content.pm.PackageManager
import java.io.File
import kotlinx.coroutines.runBlocking
import org.commonground.Home
import org.commonground.core.CommonGroundException
import org.commonground.core.KeyName
import org.commonground.core.NewEntry
import org.commonground.core.NewProfile
import org.commonground.core.Role
import org.junit.After
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf

@RunWith(RobolectricTestRunner::class)
class KeystoreKeyVaultTest {
    private val keystore = FakeAndroidKeyStore().install()
    private val vault = KeystoreKeyVault(app)
    private val one = ByteArray(32) { it.toByte() }
    private val other = ByteArray(32) { (100 + it).toByte() }

    @After
    fun end() = keystore.remove()

    private fun file(name: String) = File(app.noBackupFilesDir, "common-ground/profile/$name.key")

    private fun trouble(block: () -> Unit) = assertThrows(CommonGroundException.Vault::class.java) { block() }.trouble

    @Test
    fun `both keys come back, also for a vault made anew, and neither lies readable on the disk`() {
        assertNull(vault.load(KeyName.PRIVATE))
        vault.keep(KeyName.PRIVATE, one)
        vault.keep(KeyName.SHARED, other)
        assertArrayEquals(one, KeystoreKeyVault(app).load(KeyName.PRIVATE))
        assertArrayEquals(other, KeystoreKeyVault(app).load(KeyName.SHARED))
        assertNull(KeystoreKeyVault(app, "another").load(KeyName.SHARED))
        val onDisk = file("private").readBytes().toList()
        assertFalse((0..onDisk.size - 4).any { onDisk.subList(it, it + 4) == one.take(4) })
    }

    @Test
    fun `a key that is kept anew replaces the former, and the former's Keystore key goes once the new one has opened`() {
        vault.keep(KeyName.SHARED, one)
        vault.keep(KeyName.SHARED, other)
        assertEquals(2, keystore.kept.size)
        assertArrayEquals(other, vault.load(KeyName.SHARED))
        assertEquals(1, keystore.kept.size)
    }

    @Test
    fun `a forgotten key is gone from the disk and from the Keystore, and the other stays`() {
        vault.keep(KeyName.PRIVATE, one)
        vault.keep(KeyName.SHARED, other)
        vault.forget(KeyName.PRIVATE)
        vault.forget(KeyName.PRIVATE)
        assertNull(vault.load(KeyName.PRIVATE))
        assertFalse(file("private").exists())
        assertTrue(keystore.kept.keys.none { "private" in it })
        assertArrayEquals(other, vault.load(KeyName.SHARED))
    }

    @Test
    fun `keys are in StrongBox where there is one, and in the phone's own Keystore where there is none or it fails`() {
        vault.keep(KeyName.PRIVATE, one)
        assertFalse(keystore.kept.values.last().spec.isStrongBoxBacked)

        shadowOf(app.packageManager).setSystemFeature(PackageManager.FEATURE_STRONGBOX_KEYSTORE, true)
        vault.keep(KeyName.PRIVATE, one)
        assertFalse("said to be there and is not", keystore.kept.values.last().spec.isStrongBoxBacked)
        assertArrayEquals(one, vault.load(KeyName.PRIVATE))

        keystore.hasStrongBox = true
        vault.keep(KeyName.PRIVATE, one)
        assertTrue(keystore.kept.values.last().spec.isStrongBoxBacked)
        assertArrayEquals(one, vault.load(KeyName.PRIVATE))
    }

    @Test
    fun `a private key bound to the person is given to them only, and the shared one always`() {
        vault.keep(KeyName.PRIVATE, one)
        vault.keep(KeyName.SHARED, other)
        keystore.personIsThere = true
        vault.bindToPerson()
        assertEquals(KeyBinding.PERSON, vault.binding())
        assertArrayEquals(one, vault.load(KeyName.PRIVATE))

        keystore.personIsThere = false
        assertEquals(VaultTrouble.NEEDS_PERSON, trouble { vault.load(KeyName.PRIVATE) })
        assertEquals(VaultTrouble.NEEDS_PERSON, trouble { vault.bindToDevice() })
        assertArrayEquals(other, vault.load(KeyName.SHARED))

        keystore.personIsThere = true
        vault.bindToDevice()
        keystore.personIsThere = false
        assertArrayEquals(one, vault.load(KeyName.PRIVATE))
        assertEquals(KeyBinding.DEVICE, vault.binding())
    }

    @Test
    fun `without the person's proof binding changes nothing, and without a screen lock it says so`() {
        vault.keep(KeyName.PRIVATE, one)
        assertEquals(VaultTrouble.NEEDS_PERSON, trouble { vault.bindToPerson() })
        assertArrayEquals(one, vault.load(KeyName.PRIVATE))

        keystore.hasScreenLock = false
        assertEquals(VaultTrouble.NO_SCREEN_LOCK, trouble { vault.bindToPerson() })
        assertArrayEquals(one, vault.load(KeyName.PRIVATE))
        assertEquals("nothing left behind", 1, keystore.kept.size)
    }

    @Test
    fun `a key that Android destroyed is said to be gone, and nothing is deleted`() {
        vault.keep(KeyName.PRIVATE, one)
        keystore.personIsThere = true
        vault.bindToPerson()
        val before = file("private").readBytes()

        keystore.removeScreenLock()
        assertEquals(VaultTrouble.KEY_GONE, trouble { vault.load(KeyName.PRIVATE) })
        assertEquals(VaultTrouble.KEY_GONE, trouble { vault.bindToDevice() })
        assertArrayEquals(before, file("private").readBytes())
        assertEquals(1, keystore.kept.size)

        keystore.kept.clear()
        assertEquals("as on another phone", VaultTrouble.KEY_GONE, trouble { vault.load(KeyName.PRIVATE) })
    }

    @Test
    fun `a torn, changed or exchanged file is damaged, and a half-written one beside it does no harm`() {
        vault.keep(KeyName.PRIVATE, one)
        vault.keep(KeyName.SHARED, other)
        val whole = file("private").readBytes()
        for (length in listOf(0, 1, 6, 7, 12, 19, whole.size - 1)) {
            file("private").writeBytes(whole.copyOf(length))
            assertEquals("$length bytes", VaultTrouble.DAMAGED, trouble { vault.load(KeyName.PRIVATE) })
        }
        file("private").writeBytes(whole.copyOf().also { it[it.size - 1] = (it.last() + 1).toByte() })
        assertEquals(VaultTrouble.DAMAGED, trouble { vault.load(KeyName.PRIVATE) })

        file("private").writeBytes(whole)
        File(file("private").path + ".new").writeBytes(whole.copyOf(9))
        assertArrayEquals(one, vault.load(KeyName.PRIVATE))

        // Wrapped by the same key, it would still not be taken for the other.
        keystore.kept["org.commonground.profile.shared.1"] = keystore.kept.getValue("org.commonground.profile.private.1")
        file("shared").writeBytes(whole)
        assertEquals(VaultTrouble.DAMAGED, trouble { vault.load(KeyName.SHARED) })
    }

    @Test
    fun `what the vault says comes through the core, and the journal opens again when the person is there`() = runBlocking {
        keystore.personIsThere = true
        val home = Home.create(File(app.filesDir, "profile"), vault, NewProfile(Role.CLIENT, "Mara"))
        home.journal { add(NewEntry("Walked along the river.")) }
        vault.bindToPerson()
        keystore.personIsThere = false
        home.ask { lock() }

        val refused = runCatching { home.ask { unlock() } }.exceptionOrNull() as CommonGroundException.Vault
        assertEquals(VaultTrouble.NEEDS_PERSON, refused.trouble)

        keystore.personIsThere = true
        home.ask { unlock() }
        assertEquals(1, home.journal { entries(limit = 10u) }.entries.size)
        home.shut()
    }
}
