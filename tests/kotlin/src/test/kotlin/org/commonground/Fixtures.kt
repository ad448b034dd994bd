package org.commonground

import java.nio.file.Path
import java.util.HexFormat
import kotlin.io.path.copyTo
import kotlin.io.path.createDirectories
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.readLines
import org.commonground.core.KeyName
import org.commonground.core.KeyVault
import org.commonground.core.MemoryVault

/** What earlier versions left behind, and a later one will: `tests/fixtures`. */
object Fixtures {
    private val all = given("fixtures")

    /** The levels of plans that were ever written, each with the folder of a therapist. */
    val planLevels: List<Path> = all.resolve("plans").listDirectoryEntries().sorted()

    /** Copies the folder of a therapist as the version that first wrote plans of this level left it. */
    fun plans(level: Path, to: Path): MemoryVault {
        to.createDirectories()
        val left = level.listDirectoryEntries().filter { it.name.startsWith("private.") || it.name.startsWith("shared.") }
        left.forEach { it.copyTo(to.resolve(it.name)) }
        val (private, shared) = level.resolve("keys").readLines()
        return MemoryVault().apply {
            keep(KeyName.PRIVATE, bytes(private))
            keep(KeyName.SHARED, bytes(shared))
        }
    }

    /** Copies a private file of schema 2, of before entries could hold more than text. There was no shared one yet. */
    fun privateFileOfSchema2(to: Path): MemoryVault =
        MemoryVault().also { put("private-2", to.createDirectories(), it) }

    /** Puts a private file of a schema that nobody knows yet in the place of the one that is there. */
    fun newerPrivateFile(folder: Path, vault: KeyVault) = put("private-newer", folder, vault)

    private fun put(name: String, folder: Path, vault: KeyVault) {
        all.resolve(name).resolve("private.db").copyTo(folder.resolve("private.db"), overwrite = true)
        vault.keep(KeyName.PRIVATE, bytes(all.resolve(name).resolve("private.key").readLines().single()))
    }

    private fun bytes(hex: String): ByteArray = HexFormat.of().parseHex(hex.trim())
}
