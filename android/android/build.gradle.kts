import org.commonground.build.BuildCore
import org.commonground.build.MakeBindings

plugins {
    alias(libs.plugins.android.library)
    `maven-publish`
}

// The AAR: the Android parts, and what android/kotlin holds, compiled from the same sources. It is no dependency on that
// module, because its jar holds the core for desktops, which has no place in an app.
val makeBindings = rootProject.tasks.named<MakeBindings>("makeBindings")

val hostLibrary = rootProject.tasks.named<BuildCore>("buildCoreForHost").flatMap { it.libraries }

val buildCoreForPhones = tasks.register<BuildCore>("buildCoreForPhones") {
    repository = rootProject.layout.projectDirectory.dir("..")
    abis = listOf("arm64-v8a", "armeabi-v7a", "x86_64")
    libraries = layout.buildDirectory.dir("core")
}

android {
    namespace = "org.commonground.android"
    compileSdk = libs.versions.android.compile.sdk.get().toInt()

    defaultConfig {
        minSdk = libs.versions.android.min.sdk.get().toInt()
        consumerProguardFiles("consumer-rules.pro")
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }

    sourceSets.named("main") {
        kotlin.directories += "../kotlin/src/main/kotlin"
    }

    testOptions.unitTests {
        isIncludeAndroidResources = true
        all {
            it.dependsOn(rootProject.tasks.named("buildCoreForHost"))
            it.systemProperty("jna.library.path", hostLibrary.get().asFile.path)
        }
    }

    publishing {
        singleVariant("release") { withSourcesJar() }
    }
}

androidComponents.onVariants { variant ->
    variant.sources.kotlin?.addGeneratedSourceDirectory(makeBindings, MakeBindings::sources)
    variant.sources.jniLibs?.addGeneratedSourceDirectory(buildCoreForPhones, BuildCore::libraries)
}

dependencies {
    api(libs.coroutines.android)
    api(libs.androidx.biometric)
    api(libs.androidx.fragment)
    api(libs.androidx.lifecycle.process)
    api(libs.androidx.work)
    implementation(libs.androidx.core)
    // As an AAR: it holds JNA's own native part for each processor.
    implementation(variantOf(libs.jna) { artifactType("aar") })

    testImplementation(libs.androidx.test.core)
    testImplementation(libs.androidx.work.testing)
    // On the JVM it is the jar that holds JNA's native part.
    testImplementation(libs.jna)
    testImplementation(libs.junit4)
    testImplementation(libs.robolectric)
}

publishing {
    publications {
        register<MavenPublication>("release") {
            artifactId = "common-ground-android"
            afterEvaluate { from(components["release"]) }
        }
    }
}
