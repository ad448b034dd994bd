package org.commonground

import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import kotlin.io.path.createFile
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.writeText
import org.commonground.core.CommonGroundException
import org.commonground.core.KeyName
import org.commonground.core.NewEntry
import org.commonground.core.NewProfile
import org.commonground.core.Role
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** Keys in files, for a desktop. */
class FileKeyVaultTest {
    @TempDir
    lateinit var folder: Path

    private fun vault() = FileKeyVault(folder.resolve("keys").toFile())

    @Test
    fun `a profile opens again with the keys that another run of the program kept`() = story {
        val place = folder.resolve("profile").toFile()
        Home.create(place, vault(), NewProfile(Role.CLIENT, "Mara")).use { it.journal { add(NewEntry("Kept.")) } }
        Home.open(place, vault()).use { assertEquals(1uL, it.journal { count() }) }
    }

    @Test
    fun `only their owner can read the keys, and nothing half written stays`() {
        vault().keep(KeyName.PRIVATE, ByteArray(32) { 1 })
        vault().keep(KeyName.PRIVATE, ByteArray(32) { 2 })
        vault().keep(KeyName.SHARED, ByteArray(32) { 3 })
        assertArrayEquals(ByteArray(32) { 2 }, vault().load(KeyName.PRIVATE))
        val keys = folder.resolve("keys")
        assertEquals(listOf("private.key", "shared.key"), keys.listDirectoryEntries().map { it.name }.sorted())
        for (key in keys.listDirectoryEntries()) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        }
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(keys)))
    }

    @Test
    fun `folders that are missing on the way are made, and those that are there stay as they are`() {
        val before = Files.getPosixFilePermissions(folder)
        val deep = FileKeyVault(folder.resolve("a/b/keys").toFile())
        deep.keep(KeyName.SHARED, ByteArray(32) { 4 })
        deep.keep(KeyName.SHARED, ByteArray(32) { 5 })
        assertArrayEquals(ByteArray(32) { 5 }, deep.load(KeyName.SHARED))
        for (made in listOf("a", "a/b", "a/b/keys")) {
            val permissions = Files.getPosixFilePermissions(folder.resolve(made))
            assertEquals("rwx------", PosixFilePermissions.toString(permissions), made)
        }
        assertEquals(before, Files.getPosixFilePermissions(folder))
    }

    @Test
    fun `whoever fills an answer with zeros finds the key as it was, and the one that was kept`() {
        val kept = ByteArray(32) { 6 }
        val vault = vault()
        vault.keep(KeyName.PRIVATE, kept)
        kept.fill(0)
        vault.load(KeyName.PRIVATE)!!.fill(0)
        assertArrayEquals(ByteArray(32) { 6 }, vault.load(KeyName.PRIVATE))
    }

    @Test
    fun `what is not there is no error, to read or to forget`() {
        assertNull(vault().load(KeyName.SHARED))
        vault().forget(KeyName.SHARED)
        vault().keep(KeyName.SHARED, ByteArray(32) { 3 })
        vault().forget(KeyName.SHARED)
        assertNull(vault().load(KeyName.SHARED))
    }

    @Test
    fun `a key that is damaged, or cannot be kept, is a typed error without a path`() {
        vault().keep(KeyName.PRIVATE, ByteArray(32) { 1 })
        folder.resolve("keys/private.key").writeText("cut")
        assertEquals("the file of the key is damaged", reasonOf { vault().load(KeyName.PRIVATE) })
        folder.resolve("keys/private.key").writeText("not the length of a key, but longer")
        assertEquals("the file of the key is damaged", reasonOf { vault().load(KeyName.PRIVATE) })
        assertEquals("no key of 32 bytes", reasonOf { vault().keep(KeyName.PRIVATE, ByteArray(31)) })
        val inTheWay = FileKeyVault(folder.resolve("file").createFile().resolve("keys").toFile())
        val reason = reasonOf { inTheWay.keep(KeyName.PRIVATE, ByteArray(32)) }
        assertEquals("the key could not be kept", reason)
        assertFalse(folder.toString() in reason)
    }

    private fun reasonOf(call: () -> Unit): String = assertThrows(CommonGroundException.Vault::class.java) { call() }.reason
}
