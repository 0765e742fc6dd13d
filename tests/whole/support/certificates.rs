//! Certificates of a test's own: an issuer, and what it issues.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};

/// An issuer of a test's own.
pub struct Issuer(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, as PEM.
pub struct Issued {
    /// The certificate.
    pub certificate: String,
    /// Its private key.
    pub key: String,
}

impl Issuer {
    /// A new one.
    pub fn new() -> Issuer {
        let mut params = CertificateParams::default();
        named(&mut params, "Issuer of the tests");
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Issuer(CertifiedIssuer::self_signed(params, key).expect("an issuer"))
    }

    /// Its own certificate, as PEM.
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// Issues a certificate for `localhost` and 127.0.0.1, that ends on 2 March 2031.
    pub fn issue(&self) -> Issued {
        self.issue_until(2031)
    }

    /// Issues one that ends on 2 March of a year.
    pub fn issue_until(&self, year: i32) -> Issued {
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let mut params = CertificateParams::new(names).expect("names");
        named(&mut params, "localhost");
        params.not_after = date_time_ymd(year, 3, 2);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        Issued {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }
}

/// Names a certificate: an issuer and what it issues must not have one name.
fn named(params: &mut CertificateParams, name: &str) {
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
}
