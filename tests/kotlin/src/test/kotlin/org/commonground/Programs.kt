package org.commonground

import com.sun.jna.Native
import java.io.BufferedReader
import java.io.File
import java.nio.file.Path
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlin.io.path.toPath
import kotlinx.coroutines.Job
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue

/** A place that the build names (tests/kotlin/pom.xml). */
fun given(place: String): Path =
    Path.of(requireNotNull(System.getProperty(place)) { "the property `$place` names nothing" })

/** Programs in a process of their own, with what an app has: the jar, and what it needs. */
object Programs {
    /** The jar as an app gets it. */
    val jar: Path = given("jar")

    /** What the jar's own list of dependencies names, and the classes of these tests. */
    private val classPath: String
        get() {
            val beside = listOf(KotlinVersion::class, Job::class, Native::class, Programs::class)
            val places = beside.map { it.java.protectionDomain.codeSource.location.toURI().toPath() }
            return (listOf(jar) + places).joinToString(File.pathSeparator)
        }

    /** The command that runs the class `main` with nothing but the jar and its dependencies. */
    fun command(main: String, vararg arguments: String): List<String> {
        val java = Path.of(System.getProperty("java.home"), "bin", "java").toString()
        val options = listOf("-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "-Xmx256m")
        return listOf(java) + options + listOf("-cp", classPath, main) + arguments
    }

    /** Runs a program to its end in [folder], and answers what it printed. */
    fun run(folder: Path, command: List<String>): List<String> {
        val process = ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start()
        process.outputStream.close()
        val printed = process.inputStream.bufferedReader().use(BufferedReader::readLines)
        assertTrue(process.waitFor(PATIENCE_S, TimeUnit.SECONDS), "it did not end")
        assertEquals(0, process.exitValue(), printed.joinToString("\n"))
        return printed
    }
}

/** A device in another process, perhaps written in another language, led by lines (see `programs/Device.kt`). */
class OtherProcess(command: List<String>, folder: Path) : AutoCloseable {
    private val process = ProcessBuilder(command + folder.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start()
    private val said = LinkedBlockingQueue<String>()
    private val hearing = thread(isDaemon = true) {
        process.inputStream.bufferedReader().forEachLine { said.put(it) }
        said.put(GONE)
    }

    /** Says a line; [answer] gets the next one that comes back. */
    fun say(line: String) {
        process.outputStream.write("$line\n".toByteArray())
        process.outputStream.flush()
    }

    fun answer(): String {
        val line = said.poll(PATIENCE_S, TimeUnit.SECONDS) ?: error("no answer came")
        check(line != GONE) { "the other process has ended" }
        return line
    }

    fun ask(line: String): String {
        say(line)
        return answer()
    }

    override fun close() {
        if (process.isAlive) runCatching { ask("quit") }
        if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) process.destroyForcibly()
        hearing.join(PATIENCE_S * 1_000)
    }

    private companion object {
        /** No line of a device. */
        const val GONE = "\u0000"
    }
}
