package org.commonground.build

import java.io.File
import javax.inject.Inject
import org.gradle.api.DefaultTask
import org.gradle.api.file.DirectoryProperty
import org.gradle.api.tasks.InputDirectory
import org.gradle.api.tasks.Internal
import org.gradle.api.tasks.OutputDirectory
import org.gradle.api.tasks.PathSensitive
import org.gradle.api.tasks.PathSensitivity
import org.gradle.api.tasks.TaskAction
import org.gradle.process.ExecOperations

/** Makes the Kotlin bindings from the built core, afresh each time, so that nothing of an older surface stays behind. */
abstract class MakeBindings @Inject constructor(private val processes: ExecOperations) : DefaultTask() {
    @get:Internal
    abstract val repository: DirectoryProperty

    /** The library of this machine, and the program that makes the bindings. */
    @get:InputDirectory
    @get:PathSensitive(PathSensitivity.RELATIVE)
    abstract val host: DirectoryProperty

    @get:OutputDirectory
    abstract val sources: DirectoryProperty

    @TaskAction
    fun make() {
        val into = sources.get().asFile
        into.deleteRecursively()
        val folder = host.get().asFile
        val library = folder.listFiles { file -> file.name.startsWith("libcommon_ground.") }?.singleOrNull()
            ?: error("no library of the core in $folder")
        processes.exec {
            workingDir(repository)
            commandLine(
                folder.resolve("common-ground-bindgen").path,
                "generate", "--language", "kotlin", "--no-format", "--crate", "common_ground",
                "--out-dir", into.path, library.path,
            )
        }
        into.walk().filter { it.extension == "kt" }.forEach(::mend)
    }

    /**
     * As android/kotlin/pom.xml does. The generated code catches an app's exceptions, but not its errors, which would then
     * count as success: a key that could not be kept would count as kept. And it imports a `Callback` of JNA that it names
     * in full everywhere, while the core has one of its own.
     */
    private fun mend(source: File) {
        val mended = source.readText()
            .replace("catch(e: kotlin.Exception)", "catch(e: kotlin.Throwable)")
            .replace("import com.sun.jna.Callback\n", "")
        source.writeText(mended)
    }
}
