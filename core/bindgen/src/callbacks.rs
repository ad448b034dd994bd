//! What the app throws when it is called. UniFFI's Kotlin catches exceptions alone; what is thrown beside them (`TODO()`,
//! out of memory, a stack that overflows, a class that is missing) would go past it into JNA, which prints it and returns,
//! and the core would take the call for a success: a key as kept that is lost.

/// What UniFFI writes where it calls the app, and what stands there instead.
const CAUGHT: (&str, &str) = ("catch(e: kotlin.Exception) {", "catch(e: kotlin.Throwable) {");

/// With everything caught that can be thrown.
pub(crate) fn kotlin(source: &str) -> String {
    source.replace(CAUGHT.0, CAUGHT.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_the_app_can_throw_is_caught() {
        let source = "try {\n    f()\n} catch(e: kotlin.Exception) {\n}\n";
        assert_eq!(kotlin(source), "try {\n    f()\n} catch(e: kotlin.Throwable) {\n}\n");
    }

    /// So that it is noticed when another version of UniFFI writes it otherwise, or catches everything by itself.
    #[test]
    fn the_generator_still_writes_what_is_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let (library, made) = (crate::api::tests::library(), folder.path());
        let options = uniffi::GenerateOptions {
            languages: vec![uniffi::TargetLanguage::Kotlin],
            source: library.to_string_lossy().into_owned().into(),
            out_dir: made.to_string_lossy().into_owned().into(),
            metadata_no_deps: true,
            ..Default::default()
        };
        uniffi::generate(options).expect("generated");
        let source = made.join("org/commonground/core/common_ground.kt");
        let source = std::fs::read_to_string(source).expect("the Kotlin source");
        assert_eq!(source.matches(CAUGHT.0).count(), 2, "look at what it writes now, and at callbacks.rs");
    }
}
