package org.commonground

import com.sun.jna.Platform
import java.nio.file.Files
import java.nio.file.Path
import java.util.jar.JarFile
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** The page `docs/how-to/jvm.md`, followed word for word: its program with the jar, in an empty folder. */
class GettingStartedTest {
    @TempDir
    lateinit var folder: Path

    private val repository = given("repository")

    @Test
    fun `the program on the page is the one that is compiled here`() {
        val page = Files.readString(repository.resolve("docs/how-to/jvm.md"))
        val program = page.substringAfter("<!-- tests/kotlin").substringAfter("```kotlin\n").substringBefore("```\n")
        assertEquals(Files.readString(repository.resolve("tests/kotlin/src/test/kotlin/GettingStarted.kt")), program)
    }

    @Test
    fun `with the jar alone the program writes, finds, pairs and agrees, and does so again the next day`() {
        val first = Programs.run(folder, Programs.command("GettingStartedKt"))
        assertEquals(listOf("Entries on the screen: 0", "Entries on the screen: 1"), first.take(2))
        assertTrue("Found [river] in: Walked along the river, and breathed. 🌊" in first, "$first")
        assertTrue("The same words for both: true" in first, "$first")
        assertEquals("Agreed by both: Sleep through the night", first.last())

        val second = Programs.run(folder, Programs.command("GettingStartedKt"))
        assertEquals(listOf("Entries on the screen: 1", "Entries on the screen: 2"), second.take(2))
        assertEquals(2, second.count { it == "Found [river] in: Walked along the river, and breathed. 🌊" }, "$second")
        assertEquals("Agreed by both: Sleep through the night", second.last())
        assertEquals(setOf("data", "keys"), folder.toFile().list()?.toSet())
    }

    @Test
    fun `the jar holds the library where it is looked for, and another jar all sources`() {
        JarFile(Programs.jar.toFile()).use { jar ->
            val inside = jar.entries().asSequence().map { it.name }.toList()
            val library = System.mapLibraryName("common_ground")
            assertTrue("${Platform.RESOURCE_PREFIX}/$library" in inside)
            assertTrue("org/commonground/Home.class" in inside && "org/commonground/core/Journal.class" in inside)
        }
        val sources = Path.of(Programs.jar.toString().replace(".jar", "-sources.jar"))
        JarFile(sources.toFile()).use { jar ->
            val inside = jar.entries().asSequence().map { it.name }.toSet()
            assertTrue("org/commonground/Home.kt" in inside && "org/commonground/core/common_ground.kt" in inside)
        }
    }
}
