package org.commonground.core

import java.nio.file.Files
import java.nio.file.Path
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** What an app meets before anything else: a folder, a vault, and what can be wrong with the two. */
class OpeningTest {
    @TempDir
    lateinit var folder: Path

    private val vault = MemoryVault()
    private val mara = NewProfile(role = Role.CLIENT, displayName = "Mara 🌱")

    private fun home() = folder.resolve("mara").toString()

    @Test
    fun `a new profile is there again after closing and opening`() {
        val made = CommonGround.create(home(), vault, mara).use { it.profile().also { _ -> it.shut() } }
        assertEquals("Mara 🌱", made.displayName)
        assertEquals(Role.CLIENT, made.role)

        CommonGround.open(home(), vault).use {
            assertEquals(made, it.profile())
            it.shut()
        }
    }

    @Test
    fun `an empty folder is told apart from a taken one`() {
        assertThrows(CommonGroundException.NoProfile::class.java) { CommonGround.open(home(), vault) }
        CommonGround.create(home(), vault, mara).use { it.shut() }
        assertThrows(CommonGroundException.ProfileExists::class.java) { CommonGround.create(home(), vault, mara) }
    }

    @Test
    fun `a folder that is open already is in use`() {
        CommonGround.create(home(), vault, mara).use {
            assertThrows(CommonGroundException.InUse::class.java) { CommonGround.open(home(), vault) }
            it.shut()
        }
    }

    @Test
    fun `a wrong key says so, names the file, and leaves it as it was`() {
        CommonGround.create(home(), vault, mara).use { it.shut() }
        val before = bytesOf(folder)
        val right = vault.load(KeyName.PRIVATE)!!
        vault.swapFor(KeyName.PRIVATE, ByteArray(32) { 7 })

        val error = assertThrows(CommonGroundException.WrongKey::class.java) { CommonGround.open(home(), vault) }
        assertEquals(FileKind.PRIVATE, error.file)
        assertEquals("wrong key for the private file", error.toString())
        assertEquals(before.keys, bytesOf(folder).keys)
        for ((name, bytes) in bytesOf(folder)) assertArrayEquals(before[name], bytes, name)

        vault.swapFor(KeyName.PRIVATE, right)
        CommonGround.open(home(), vault).use {
            assertEquals("Mara 🌱", it.profile().displayName)
            it.shut()
        }
    }

    @Test
    fun `a name that cannot be taken is refused with the field and the reason`() {
        val error = assertThrows(CommonGroundException.Invalid::class.java) {
            CommonGround.create(home(), vault, mara.copy(displayName = ""))
        }
        assertTrue(error.problem is Problem.Empty)
        assertThrows(CommonGroundException.NoProfile::class.java) { CommonGround.open(home(), vault) }
    }

    @Test
    fun `a vault that fails is a typed error, and what it threw stays outside`() {
        val broken = object : KeyVault {
            override fun load(name: KeyName): ByteArray? = error("a secret of the app")
            override fun keep(name: KeyName, key: ByteArray) = error("a secret of the app")
            override fun forget(name: KeyName) = error("a secret of the app")
        }
        val error = assertThrows(CommonGroundException::class.java) { CommonGround.create(home(), broken, mara) }
        assertFalse("secret" in error.toString() + error.message)

        val refused = object : KeyVault {
            override fun load(name: KeyName): ByteArray? = throw CommonGroundException.Vault("refused")
            override fun keep(name: KeyName, key: ByteArray) = throw CommonGroundException.Vault("refused")
            override fun forget(name: KeyName) = throw CommonGroundException.Vault("refused")
        }
        assertThrows(CommonGroundException.Vault::class.java) { CommonGround.create(home(), refused, mara) }
        assertThrows(CommonGroundException.NoProfile::class.java) { CommonGround.open(home(), vault) }
    }

    @Test
    fun `locking closes the journal and unlocking opens it again`() {
        CommonGround.create(home(), vault, mara).use {
            it.lock()
            assertTrue(it.isLocked())
            assertThrows(CommonGroundException.Locked::class.java) { it.journal().count() }
            assertThrows(CommonGroundException.Locked::class.java) { it.journal().add(NewEntry("Not now.")) }
            assertEquals("Mara 🌱", it.profile().displayName)

            it.unlock()
            assertFalse(it.isLocked())
            assertEquals(0uL, it.journal().count())
            it.shut()
        }
    }

    private fun bytesOf(root: Path): Map<String, ByteArray> = Files.walk(root).use { paths ->
        paths.filter(Files::isRegularFile).toList().associate { root.relativize(it).toString() to Files.readAllBytes(it) }
    }
}
