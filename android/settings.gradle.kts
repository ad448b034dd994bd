// The Kotlin houses for app teams: `./gradlew` needs the Android SDK, the NDK, Rust and cargo-ndk (README.md).
// android/build makes the same from the same sources with Maven alone, all but the core for phones.
pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositoriesMode = RepositoriesMode.FAIL_ON_PROJECT_REPOS
    repositories {
        google()
        mavenCentral()
    }
}

rootProject.name = "common-ground"

include(":kotlin")
include(":android")
include(":sample")
