import org.commonground.build.BuildCore
import org.commonground.build.MakeBindings

plugins {
    alias(libs.plugins.android.application) apply false
    alias(libs.plugins.android.library) apply false
    alias(libs.plugins.kotlin.compose) apply false
    alias(libs.plugins.kotlin.jvm) apply false
}

// `build` is the name of a script here; and nothing is built inside the repository's own folders.
allprojects {
    layout.buildDirectory = rootProject.layout.projectDirectory.dir("../target/gradle/$name")
}

val repository = layout.projectDirectory.dir("..")

// The core for the machine that builds: it goes into the JVM's jar, and the bindings are made from it. That needs its
// symbols, so it is stripped of what debuggers want and of nothing else (Cargo.toml).
val buildCoreForHost = tasks.register<BuildCore>("buildCoreForHost") {
    this.repository = repository
    abis = emptyList()
    libraries = layout.buildDirectory.dir("core/host")
}

// Kotlin's side of the border, made from the built core; never committed.
val makeBindings = tasks.register<MakeBindings>("makeBindings") {
    this.repository = repository
    host = buildCoreForHost.flatMap { it.libraries }
    sources = layout.buildDirectory.dir("bindings")
}

subprojects {
    group = "org.commonground"
    version = "0.1.0"
}
