import org.commonground.build.BuildCore
import org.commonground.build.MakeBindings

plugins {
    alias(libs.plugins.kotlin.jvm)
    `java-library`
    `maven-publish`
}

// Common Ground for the JVM: the bindings, the layer over them, and the core itself as a library inside the jar.
val makeBindings = rootProject.tasks.named<MakeBindings>("makeBindings")
val buildCore = rootProject.tasks.named<BuildCore>("buildCoreForHost")

kotlin {
    jvmToolchain(17)
    sourceSets.main {
        kotlin.srcDir(makeBindings.flatMap { it.sources })
    }
}

java {
    withSourcesJar()
}

dependencies {
    api(libs.coroutines.core)
    implementation(libs.jna)
}

// Where JNA looks for a library inside a jar. One jar for several platforms is put together from several machines.
val platform: String = run {
    val machine = if (System.getProperty("os.arch") in setOf("amd64", "x86_64")) "x86-64" else "aarch64"
    val system = if (System.getProperty("os.name").startsWith("Mac")) "darwin" else "linux"
    "$system-$machine"
}

tasks.processResources {
    from(buildCore.flatMap { it.libraries }) {
        include("libcommon_ground.*")
        into(platform)
    }
}

publishing {
    publications {
        register<MavenPublication>("jvm") {
            artifactId = "common-ground-jvm"
            from(components["java"])
        }
    }
}
