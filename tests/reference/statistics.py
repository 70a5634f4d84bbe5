"""The reference values in the tests of `engine/src/stats/`, by the packages that statisticians use.

    pip install scipy==1.17.1 statsmodels==0.15.0 lifelines==0.30.3 SALib==1.6.0
    python tests/reference/statistics.py
"""
import numpy as np, scipy.stats as st
A=[3.1,4.7,2.2,9.8,5.5,1.3,4.4,6.0,2.9,2.5]
B=[5.0,6.1,4.2,7.7,3.9,4.8,5.9,3.5]
np.set_printoptions(precision=15)
r=st.t.interval(0.95,len(A)-1,np.mean(A),st.sem(A)); print("t",[repr(float(x)) for x in r])
r=st.ttest_ind(A,B,equal_var=False).confidence_interval(0.95); print("welch",float(r.low),float(r.high))
print("quantile_test", st.quantile_test(A,q=0,p=0.5).confidence_interval(0.95))
for m in (np.mean,np.median):
    r=st.bootstrap((A,),m,n_resamples=400000,method='BCa',rng=1,confidence_level=0.95,batch=20000); print(m.__name__,r.confidence_interval)
E2=np.array([0.1,0.2,0.2,0.4,0.9,1.4,1.5,2.2,2.9,5.1,8.8,0.05])
r=st.bootstrap((E2,),np.mean,n_resamples=400000,method='BCa',rng=1,batch=20000); print("skew",r.confidence_interval)
d = np.array([3.1, -0.4, 2.2, 5.8, 1.5, -1.3, 4.4])
for x in (d, np.array([1.0, 2.0]), np.array([2.0] * 4)):
    print("signs", st.permutation_test((x,), np.mean, permutation_type="samples", alternative="two-sided").pvalue)
print("t test", st.ttest_1samp(A + [a - 4 for a in A], 0).pvalue)
from statsmodels.stats.multitest import multipletests
print("holm",multipletests([.01,.04,.03,.005,.2],method="holm")[1])
from lifelines import KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time as rmst, median_survival_times
T=[5,8,12,12,15,20,22,30,30,35,41,60,60,60]; E=[1,1,1,0,1,1,0,1,1,1,0,0,0,0]
k=KaplanMeierFitter().fit(T,E); print(k.survival_function_.T.to_string()); print(k.confidence_interval_survival_function_.to_string())
print("median",k.median_survival_time_, "rmst60", rmst(k,t=60,return_variance=True), rmst(k,t=40,return_variance=True))
# Standard error of the restricted mean: each event weighs with the squared area of the curve behind it.
s = k.survival_function_["KM_estimate"]
def area(a, b):
    xs = sorted({a, b, *[t for t in s.index if a < t < b]})
    return sum((hi - lo) * k.predict(lo) for lo, hi in zip(xs, xs[1:]))
table = k.event_table
for limit in (60, 40):
    v = sum(area(t, limit) ** 2 * r.observed / (r.at_risk * (r.at_risk - r.observed)) for t, r in table.iterrows() if 0 < t < limit and r.observed)
    print("error of rmst", limit, v ** 0.5)
# Values of single runs: n times the derivative of the restricted mean by a run's weight, beside the mean itself.
def weighted(w, limit): return rmst(KaplanMeierFitter().fit(T, E, weights=w), t=limit)
for limit in (60, 40):
    one = np.ones(len(T)); step = 1e-5 * np.eye(len(T))
    print("values", limit, [round(float(weighted(one, limit) + len(T) * (weighted(one + s, limit) - weighted(one - s, limit)) / 2e-5), 5) for s in step])
from SALib.sample import sobol as sb, morris as ms
from SALib.analyze import sobol as sa, morris as ma
from SALib.test_functions import Ishigami
P={'num_vars':3,'names':['a','b','c'],'bounds':[[-np.pi,np.pi]]*3}
X=sb.sample(P,2**15); S=sa.analyze(P,Ishigami.evaluate(X)); print("sobol",S['S1'],S['ST'])
X=ms.sample(P,20000,num_levels=4,seed=1); R=ma.analyze(P,X,Ishigami.evaluate(X),num_levels=4,scaled=False); print("morris",R['mu'],R['mu_star'],R['sigma'])
A=[3.1,4.7,2.2,9.8,5.5,1.3,4.4,6.0,2.9,2.5]; B=[5.0,6.1,4.2,7.7,3.9,4.8,5.9,3.5]
from scipy import stats
print("ks", stats.ks_2samp(A,B).statistic, stats.kstest(A, stats.norm(4,2).cdf).statistic, stats.kstwobign.sf(1.0), stats.kstwobign.isf(0.001))
# Scores of forecasts: CRPS of a sample by its energy form (as properscoring.crps_ensemble, scoringRules::crps_sample), of a normal and of a
# uniform law by their integrals; the exact multinomial test over fifths, by all outcomes.
from scipy.integrate import quad
from math import lgamma, exp, log
def crps(sample, x):
    s = np.array(sample); return np.abs(s - x).mean() - 0.5 * np.abs(s[:, None] - s[None, :]).mean()
print("crps", [float(crps(A, x)) for x in (3.3, 12.0)])
def by_integral(cdf, x, a, b): return quad(lambda t: cdf(t) ** 2, a, x, epsabs=1e-13)[0] + quad(lambda t: (1 - cdf(t)) ** 2, x, b, epsabs=1e-13)[0]
print("crps of laws", by_integral(stats.norm.cdf, 0.5, -12, 12), by_integral(stats.uniform.cdf, 0.3, 0, 1))
def uniformity(counts):
    n = sum(counts); chance = lambda c: exp(lgamma(n + 1) - sum(lgamma(k + 1) for k in c) - n * log(5))
    every = ((a, b, c, d, n - a - b - c - d) for a in range(n + 1) for b in range(n + 1 - a) for c in range(n + 1 - a - b) for d in range(n + 1 - a - b - c))
    return sum(p for p in map(chance, every) if p <= chance(counts) * (1 + 1e-9))
print("uniformity", uniformity([7, 1, 2, 0, 2]), uniformity([2, 9, 4, 5, 10]))
