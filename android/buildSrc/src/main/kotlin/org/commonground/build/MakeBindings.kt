package org.commonground.build

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
    }
}
