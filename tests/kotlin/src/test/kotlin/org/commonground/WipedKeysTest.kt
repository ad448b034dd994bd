package org.commonground

import java.nio.file.Path
import java.util.concurrent.CopyOnWriteArrayList
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import org.commonground.core.CommonGroundException
import org.commonground.core.KeyName
import org.commonground.core.KeyVault
import org.commonground.core.MemoryVault
import org.commonground.core.NewProfile
import org.commonground.core.Role
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** No key stays in the memory of the app when it was used. */
class WipedKeysTest {
    @TempDir
    lateinit var folder: Path

    private val kept = MemoryVault()
    private val seen = CopyOnWriteArrayList<ByteArray>()

    /** Remembers every array that goes through it. */
    private val vault = object : KeyVault by kept {
        override fun load(name: KeyName): ByteArray? = kept.load(name)?.also { seen += it }

        override fun keep(name: KeyName, key: ByteArray) {
            assertTrue(key.any { it != 0.toByte() })
            kept.keep(name, key)
            seen += key
        }
    }

    private fun place() = folder.resolve("mara").toFile()

    private suspend fun create() = Home.create(place(), vault, NewProfile(Role.CLIENT, "Mara"))

    @Test
    fun `the keys that were made are wiped when the vault has kept them`() = story {
        create().use { assertWiped(2) }
        Home.open(place(), vault).use { assertEquals(0uL, it.journal { count() }) }
    }

    @Test
    fun `the keys that the vault gave are wiped after opening, and after each unlocking`() = story {
        create().close()
        seen.clear()
        Home.open(place(), vault).use { home ->
            assertWiped(2)
            home.ask { lock() }
            home.ask { unlock() }
            assertWiped(3)
            assertEquals(0uL, home.journal { count() })
        }
        seen.clear()
        Home.openLocked(place(), vault).use { home ->
            assertWiped(1)
            home.ask { unlock() }
            assertWiped(2)
        }
    }

    @Test
    fun `a key that does not fit is wiped, too`() = story {
        create().close()
        seen.clear()
        kept.swapFor(KeyName.PRIVATE, ByteArray(32) { 7 })
        assertThrowsIn<CommonGroundException.WrongKey> { Home.open(place(), vault) }
        assertWiped(2)
    }

    @Test
    fun `many who lock and unlock at once never find a key wiped that is still needed`() = story {
        create().use { home ->
            val all = List(8) {
                async(Dispatchers.Default) {
                    repeat(20) {
                        home.ask { lock() }
                        try {
                            home.ask { unlock() }
                        } catch (_: CommonGroundException.Locked) {
                            // Another was quicker to lock again.
                        }
                    }
                }
            }
            all.awaitAll()
            home.ask { unlock() }
            assertEquals(0uL, home.journal { count() })
            assertWiped(seen.size)
        }
    }

    private fun assertWiped(count: Int) {
        assertEquals(count, seen.size)
        assertTrue(seen.all { key -> key.size == 32 && key.all { it == 0.toByte() } })
    }
}
