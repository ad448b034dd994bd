package org.commonground.build

import javax.inject.Inject
import org.gradle.api.DefaultTask
import org.gradle.api.file.DirectoryProperty
import org.gradle.api.file.FileSystemOperations
import org.gradle.api.provider.ListProperty
import org.gradle.api.tasks.Input
import org.gradle.api.tasks.Internal
import org.gradle.api.tasks.OutputDirectory
import org.gradle.api.tasks.TaskAction
import org.gradle.process.ExecOperations

/**
 * Builds the core with Cargo: for the processors of phones by cargo-ndk, or, where [abis] is empty, for this machine,
 * together with the program that makes the bindings. Cargo knows by itself what is up to date.
 */
abstract class BuildCore @Inject constructor(
    private val processes: ExecOperations,
    private val files: FileSystemOperations,
) : DefaultTask() {
    @get:Internal
    abstract val repository: DirectoryProperty

    /** Android's names of processors: `arm64-v8a` and the like. */
    @get:Input
    abstract val abis: ListProperty<String>

    /** Where the libraries go; for phones each in a folder of its processor's name. */
    @get:OutputDirectory
    abstract val libraries: DirectoryProperty

    init {
        outputs.upToDateWhen { false }
    }

    @TaskAction
    fun build() = if (abis.get().isEmpty()) buildForHost() else buildForPhones()

    private fun buildForHost() {
        val target = repository.dir("target").get().asFile
        cargo("build", "--release", "--package", "common-ground", "--package", "common-ground-bindgen")
        files.sync {
            from(target.resolve("release")) {
                include("libcommon_ground.so", "libcommon_ground.dylib", "common-ground-bindgen")
            }
            into(libraries)
        }
    }

    private fun buildForPhones() {
        val targets = abis.get().flatMap { listOf("--target", it) }
        val into = libraries.get().asFile.path
        cargo(
            listOf("ndk") + targets + listOf("--platform", MIN_SDK, "--output-dir", into) +
                listOf("build", "--release", "--package", "common-ground", "--lib"),
            // Phones with Android 15 and later may have pages of 16 KiB, and load only what is laid out for them. The NDK
            // does it by itself from r28 on.
            mapOf("RUSTFLAGS" to "-C link-arg=-Wl,-z,max-page-size=16384"),
        )
    }

    private fun cargo(vararg arguments: String) = cargo(arguments.toList(), emptyMap())

    private fun cargo(arguments: List<String>, environment: Map<String, String>) {
        processes.exec {
            workingDir(repository)
            environment(environment)
            commandLine(listOf("cargo") + arguments)
        }
    }

    private companion object {
        const val MIN_SDK = "26"
    }
}
